/**
 * Replaces d3-transition and d3-interpolate, which d3-zoom imports: the map moves at once, so there is no transition to
 * interrupt or to interpolate. With the libraries that they need, they were a twentieth of the scripts of a visit.
 */
import { selection } from 'd3-selection';

Object.assign(selection.prototype, {
  interrupt(this: unknown) {
    return this;
  },
});

export const interrupt = (): void => {};

export const interpolateZoom = (): never => {
  throw new Error('the map has no transitions');
};
