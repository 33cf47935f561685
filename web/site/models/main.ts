/** The script of the pages of models and documents: they are complete without it, but for the comparison. */
import './style.css';
import { startComparison } from './compare.js';
import { enhanceTables } from './tables.js';

enhanceTables(document);
const place = document.getElementById('comparison');
const said = document.getElementById('verdict');
if (place !== null && said !== null) startComparison(place, said);
