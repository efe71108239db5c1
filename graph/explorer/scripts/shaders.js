// What the graphics card is told: one program for all nodes, one for all lines. Families keep their shapes, statuses their
// dashes. Bytes are packed four to a float: a colour, or four small numbers.

const FORMS = ["dot", "square", "hexagon", "diamond", "triangle", "triangleDown", "star"];
const CURVE = 10;
const EXTENT = 1000;

const NODE_VERTEX = `
attribute vec2 a_place, a_corner;
attribute float a_size;
attribute vec4 a_fill, a_border, a_form;
uniform mat3 u_matrix;
uniform vec2 u_view;
uniform float u_grow, u_ratio, u_faint, u_calm;
varying vec2 v_at;
varying vec4 v_fill, v_border;
varying float v_radius, v_thick, v_shape, v_dashed, v_opacity;
void main() {
  v_radius = max(a_size * u_grow, 1.3 * u_ratio);
  v_at = a_corner * (v_radius * 1.42 + (v_radius > 3.0 * u_ratio ? 2.5 : 0.8) * u_ratio);
  v_shape = floor(a_form.x * 255.0 + 0.5);
  v_thick = a_form.y * 25.5 * clamp(u_grow, 0.35, 1.3);
  v_dashed = a_form.z;
  v_opacity = a_form.w > 0.5 ? 1.0 : u_faint * u_calm;
  v_fill = a_fill;
  v_border = a_border;
  vec2 middle = (u_matrix * vec3(a_place, 1.0)).xy;
  gl_Position = vec4(middle + v_at * 2.0 / u_view, 0.0, 1.0);
}`;

const NODE_FRAGMENT = `
precision highp float;
varying vec2 v_at;
varying vec4 v_fill, v_border;
varying float v_radius, v_thick, v_shape, v_dashed, v_opacity;
uniform vec3 u_ground;
float triangle(vec2 p, float r) {
  float inner = r * 0.664;
  p.y += r * 0.3;
  return max(-p.y - inner, 0.866 * abs(p.x) + 0.5 * p.y - inner) + r * 0.02;
}
float star(vec2 p, float r) {
  float turn = mod(atan(p.x, p.y) + 0.6283, 1.2566) - 0.6283;
  vec2 q = length(p) * vec2(abs(sin(turn)), cos(turn));
  vec2 tip = vec2(0.0, r * 1.12);
  vec2 notch = r * 0.5 * vec2(0.5878, 0.809);
  vec2 side = normalize(notch - tip);
  return dot(q - tip, vec2(-side.y, side.x));
}
float outline(vec2 p, float r) {
  if (v_shape < 0.5) return length(p) - r;
  vec2 q = abs(p);
  if (v_shape < 1.5) return max(q.x, q.y) - r * 0.94;
  if (v_shape < 2.5) return max(q.y, 0.866 * q.x + 0.5 * q.y) - r * 0.9;
  if (v_shape < 3.5) return (q.x + q.y - r * 1.16) * 0.7071;
  if (v_shape < 4.5) return triangle(p, r);
  if (v_shape < 5.5) return triangle(vec2(p.x, -p.y), r);
  return star(p, r);
}
void main() {
  // too small for a border: its shape alone, and from far away not even that
  if (v_radius < 3.0) {
    float within = v_radius < 1.8 ? 1.0 : clamp(0.5 - outline(v_at, v_radius), 0.0, 1.0);
    if (v_radius < 1.8 && max(abs(v_at.x), abs(v_at.y)) > v_radius) discard;
    gl_FragColor = vec4(v_fill.rgb, 1.0) * within * v_opacity;
    return;
  }
  float away = outline(v_at, v_radius);
  float covered = clamp(0.5 - away, 0.0, 1.0);
  float halo = clamp(2.0 - away, 0.0, 1.0);
  float inner = clamp(0.5 - away - v_thick, 0.0, 1.0);
  float gap = v_dashed * step(4.0, v_radius) * step(0.58, fract(atan(v_at.y, v_at.x) * floor(v_radius * 0.6 + 4.0) / 6.2832));
  vec3 shown = mix(mix(v_border.rgb, u_ground, gap), v_fill.rgb, inner);
  float alpha = halo * v_opacity;
  gl_FragColor = vec4(mix(u_ground, shown, covered) * alpha, alpha);
}`;

const LINE_VERTEX = `
attribute vec2 a_from, a_to, a_ends;
attribute float a_width, a_bend;
attribute vec4 a_stroke, a_dash, a_form;
attribute vec3 a_step;
uniform mat3 u_matrix;
uniform vec2 u_view;
uniform float u_grow, u_ratio, u_faint, u_calm, u_passing;
varying vec4 v_stroke, v_dash;
varying float v_along, v_side, v_half, v_head, v_vee;
bool away(vec2 point) { return any(greaterThan(abs(point), u_view * 0.52)); }
void main() {
  vec2 from = (u_matrix * vec3(a_from, 1.0)).xy * u_view * 0.5;
  vec2 to = (u_matrix * vec3(a_to, 1.0)).xy * u_view * 0.5;
  vec2 way = to - from;
  float far = max(length(way), 0.001);
  vec2 across = vec2(-way.y, way.x) / far;
  vec2 bow = (from + to) * 0.5 + across * a_bend * far;
  float near = a_form.x * 255.0;
  bool chosen = near > 1.5;
  bool lit = near > 0.5;
  float head = a_form.y * 255.0 * u_ratio * clamp(u_grow / u_ratio, 0.0, 1.25) * 0.28;
  if (head * 3.0 > far || head < 1.2 * u_ratio) head = 0.0;
  float start = min(a_ends.x * u_grow / far, 0.45);
  float tip = 1.0 - min(a_ends.y * u_grow / far, 0.45);
  float last = tip - head * 0.8 / far;
  float part = a_step.z;
  float at = part > 0.5 ? tip : mix(start, last, a_step.x);
  vec2 point = mix(mix(from, bow, at), mix(bow, to, at), at);
  vec2 ahead = normalize(mix(bow - from, to - bow, at));
  vec2 normal = vec2(-ahead.y, ahead.x);
  v_half = 0.5 * max(a_width * u_grow, 0.55 * u_ratio) + (chosen ? u_ratio : 0.0);
  v_head = part * head;
  float kind = floor(a_form.z * 255.0 + 0.5);
  v_vee = mod(kind, 2.0);
  v_along = part > 0.5 ? head * a_step.x : at * far;
  v_side = part > 0.5 ? a_step.y * head * a_step.x * 0.5 : a_step.y * (v_half + 0.6);
  if (part > 0.5) point += -ahead * head * a_step.x;
  point += normal * v_side;
  v_dash = a_dash * 255.0 * clamp(u_grow, 0.45 * u_ratio, 1.1 * u_ratio);
  float calm = kind > 1.5 ? u_calm * mix(0.3, 1.0, u_calm) : u_calm;
  // a line that only passes by, with both ends out of sight
  if (away(from) && away(to)) calm *= u_passing;
  float alpha = a_form.w * (lit ? 1.0 : u_faint * calm);
  v_stroke = vec4(a_stroke.rgb * alpha, alpha);
  gl_Position = vec4(point * 2.0 / u_view, 0.0, 1.0);
}`;

const LINE_FRAGMENT = `
precision highp float;
varying vec4 v_stroke, v_dash;
varying float v_along, v_side, v_half, v_head, v_vee;
float drawn(float along) {
  float round = v_dash.x + v_dash.y + v_dash.z + v_dash.w;
  if (round < 0.5) return 1.0;
  float at = mod(along, round);
  float second = v_dash.x + v_dash.y;
  return clamp(v_dash.x - at + 0.5, 0.0, 1.0) + clamp(at - second + 0.5, 0.0, 1.0) * clamp(second + v_dash.z - at + 0.5, 0.0, 1.0);
}
void main() {
  float alpha;
  if (v_head > 0.0) {
    alpha = clamp((v_along * 0.5 - abs(v_side)) * 0.9 + 0.5, 0.0, 1.0);
    if (v_vee > 0.5) alpha *= clamp(abs(v_side) - v_along * 0.5 + v_head * 0.22 + 0.5, 0.0, 1.0);
  } else {
    alpha = clamp(v_half - abs(v_side) + 0.5, 0.0, 1.0) * drawn(v_along);
  }
  gl_FragColor = v_stroke * alpha;
}`;

const LINE_STEPS = (pieces) => [
  ...Array.from({ length: pieces }, (_, n) => [n / pieces, (n + 1) / pieces]).flatMap(([a, b]) => [[a, -1, 0], [a, 1, 0], [b, -1, 0], [b, -1, 0], [a, 1, 0], [b, 1, 0]]),
  [0, 0, 1], [1, -1, 1], [1, 1, 1],
];
