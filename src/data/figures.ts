/** The ten figures of the drawn images, each as a function whose sign says inside or outside. */

/**
 * A class of drawn image. `distance(x, y)` is negative inside the figure, positive outside, and changes by no more than
 * the way between two points: so the edge is at least `|distance|` away.
 */
export interface Figure {
  readonly name: string;
  /** Whether it stands in the image as one body, or fills it as a pattern. */
  readonly kind: "body" | "pattern";
  /** The figure is turned by up to so many radians either way. */
  readonly turn: number;
  distance(x: number, y: number): number;
}

/** The figures; a label is a place in this list. Bodies reach about 1 from the origin, a pattern's bars are 1 wide. */
export const FIGURES: readonly Figure[] = [
  { name: "disc", kind: "body", turn: 0, distance: (x, y) => Math.hypot(x, y) - 0.85 },
  { name: "ring", kind: "body", turn: 0, distance: (x, y) => Math.abs(Math.hypot(x, y) - 0.72) - 0.2 },
  { name: "square", kind: "body", turn: Math.PI / 4, distance: (x, y) => Math.max(Math.abs(x), Math.abs(y)) - 0.75 },
  { name: "triangle", kind: "body", turn: Math.PI, distance: triangle },
  { name: "cross", kind: "body", turn: Math.PI / 4, distance: cross },
  { name: "star", kind: "body", turn: Math.PI, distance: star },
  { name: "horizontal stripes", kind: "pattern", turn: 0.2, distance: (_, y) => stripes(y) },
  { name: "vertical stripes", kind: "pattern", turn: 0.2, distance: (x) => stripes(x) },
  { name: "diagonal stripes", kind: "pattern", turn: 0.2, distance: (x, y) => stripes((x + y) * Math.SQRT1_2) },
  { name: "checkerboard", kind: "pattern", turn: Math.PI / 4, distance: checkerboard },
];

/** Equilateral, its corners at 1.05 from the origin: the farthest of three half-planes. */
function triangle(x: number, y: number): number {
  const slant = Math.abs(x) * (Math.sqrt(3) / 2) + y / 2;
  return Math.max(slant, -y) - 0.525;
}

/** A plus sign: two bars. */
function cross(x: number, y: number): number {
  const long = Math.max(Math.abs(x), Math.abs(y));
  const short = Math.min(Math.abs(x), Math.abs(y));
  return Math.max(long - 0.95, short - 0.28);
}

const STAR_OUTER = 1.1;
const STAR_INNER = 0.45;
const STAR_SECTOR = Math.PI / 5;
/** The edge of a star from an outer tip at angle 0 to an inner corner at angle π/5. */
const STAR_EDGE_X = STAR_INNER * Math.cos(STAR_SECTOR) - STAR_OUTER;
const STAR_EDGE_Y = STAR_INNER * Math.sin(STAR_SECTOR);
const STAR_EDGE = Math.hypot(STAR_EDGE_X, STAR_EDGE_Y);

/** Five tips: the plane is folded to one sector of π/5, where the star has one straight edge. */
function star(x: number, y: number): number {
  const turned = Math.atan2(y, x);
  const angle = Math.abs(turned - 2 * STAR_SECTOR * Math.round(turned / (2 * STAR_SECTOR)));
  const radius = Math.hypot(x, y);
  const alongX = radius * Math.cos(angle) - STAR_OUTER;
  const alongY = radius * Math.sin(angle);
  return (alongX * STAR_EDGE_Y - alongY * STAR_EDGE_X) / STAR_EDGE;
}

/** Bars and gaps of width 1 by turns, the middle of a bar at 0. */
function stripes(position: number): number {
  const phase = position / 2 - Math.round(position / 2);
  return 2 * Math.abs(phase) - 0.5;
}

/** Fields of side 1: inside where both directions have a bar, or neither. */
function checkerboard(x: number, y: number): number {
  const column = stripes(x);
  const row = stripes(y);
  const edge = Math.min(Math.abs(column), Math.abs(row));
  return column * row > 0 ? -edge : edge;
}
