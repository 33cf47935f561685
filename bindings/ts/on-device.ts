/**
 * `signalbox/on-device`: models that run on the user's device as candidates that cost nothing.
 *
 * @module signalbox/on-device
 */

export type { Deciding } from './integrations/chooser.js';
export {
  AVAILABILITIES,
  type Availability,
  type DecisionWithDevice,
  type DeviceModel,
  type DeviceModelsOptions,
  type DeviceRouteOptions,
  deviceModels,
  routeWithDevice,
  type WebLlm,
} from './integrations/on-device.js';
