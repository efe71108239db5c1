// Makes ../outline.json from Natural Earth's 1:110m land and borders:
//   npm install --no-save world-atlas@2.0.2 topojson-client@3.1.0 && node outline.mjs
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { feature, mesh } from "topojson-client";

const PER_DEGREE = 50;
const ANTARCTIC = -60;
const atlas = createRequire(import.meta.url).resolve("world-atlas/countries-110m.json");
const topology = JSON.parse(readFileSync(atlas, "utf-8"));

// A ring that crosses the 180th meridian goes on beyond it.
const unbroken = (line) => {
  let turns = 0;
  return line.map(([x, y], n) => {
    const jump = n === 0 ? 0 : x - line[n - 1][0];
    if (Math.abs(jump) > 180) turns -= Math.sign(jump);
    return [x + 360 * turns, y];
  });
};
const steps = (line) => {
  const points = unbroken(line).map(([x, y]) => [Math.round(x * PER_DEGREE), Math.round(y * PER_DEGREE)]);
  const kept = points.filter(([x, y], n) => n === 0 || x !== points[n - 1][0] || y !== points[n - 1][1]);
  return kept.flatMap(([x, y], n) => (n === 0 ? [x, y] : [x - kept[n - 1][0], y - kept[n - 1][1]]));
};
const polygons = ({ type, coordinates }) => (type === "Polygon" ? [coordinates] : coordinates);
const land = feature(topology, topology.objects.land);
const rings = (land.features ?? [land]).flatMap(({ geometry }) => polygons(geometry)).flat().filter((ring) => ring.some(([, y]) => y > ANTARCTIC));
const borders = mesh(topology, topology.objects.countries, (one, other) => one !== other);

const made = { perDegree: PER_DEGREE, land: rings.map(steps), borders: borders.coordinates.map(steps) };
writeFileSync(new URL("../outline.json", import.meta.url), `${JSON.stringify(made)}\n`);
