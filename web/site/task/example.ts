/** A sample task: physics exercises, written for this page. */
export const EXAMPLE = {
  name: 'the example',
  prompts: [
    'A cyclist brakes evenly from 9 m/s to rest within 6 s. How far does she roll?',
    'A heating coil of 23 ohms is plugged into 230 V. What power does it draw?',
    'Why does a metal spoon feel colder than a wooden one in the same drawer?',
    'A crate of 12 kg is pulled up a frictionless ramp of 30 degrees. What force is needed at constant speed?',
    'An echo from a cliff comes back after 1.4 s. How far away is the cliff?',
    'Two resistors of 4 ohms and 12 ohms are in parallel. What single resistor would replace them?',
    'How much energy melts 250 g of ice at 0 degrees Celsius?',
    'A glass lens forms a sharp image 30 cm behind it of a candle 60 cm in front. What is its focal length?',
    'What happens to the pressure of a gas in a sealed can when its temperature in kelvins doubles?',
    'A swing needs 2.8 s for one full movement to and fro. Roughly how long are its ropes?',
    'A stone is thrown level at 7 m/s from a bridge 20 m high. How far from the foot of the bridge does it land?',
    'Of a radioactive sample one eighth is left after 36 hours. What is its half-life?',
  ],
};
