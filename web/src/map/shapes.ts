// The shapes of what moves, drawn once into one picture: each in every way it is drawn.
import type { Drawn, Shape } from "./marks";

export interface Atlas {
  readonly picture: HTMLCanvasElement;
  readonly cells: Record<
    string,
    { x: number; y: number; width: number; height: number; mask: true }
  >;
}

const CELL = 96;
const HALO = 15;

/** Outlines in a square of 24, their front upwards. */
const outlines: Record<Shape, string> = {
  plane:
    "M12 1.6c.9 0 1.5 1.3 1.5 2.9v4.6l8 4.9v2l-8-2.5v4.9l2.4 1.9v1.7L12 20.9l-3.9 1.1v-1.7l2.4-1.9v-4.9l-8 2.5v-2l8-4.9V4.5c0-1.6.6-2.9 1.5-2.9z",
  truck: "M12 2.6 18.6 20c.4 1-.4 1.7-1.4 1.2L12 18.7l-5.2 2.5c-1 .5-1.8-.2-1.4-1.2z",
  ship: "M12 1.8c2.6 3 4 6.2 4 9.8v8.2c0 1-.8 1.9-1.9 1.9H9.9c-1.1 0-1.9-.9-1.9-1.9v-8.2c0-3.6 1.4-6.8 4-9.8z",
  train:
    "M12 2.4c2.3 0 3.6 1.6 3.6 3.6v14c0 1-.7 1.6-1.6 1.6h-4c-.9 0-1.6-.6-1.6-1.6V6c0-2 1.3-3.6 3.6-3.6z",
  dot: "M12 5.4a6.6 6.6 0 1 0 0 13.2 6.6 6.6 0 0 0 0-13.2z",
};

/** How each way of drawing fills its outline: all of it, or a part; and how wide its edge is. */
const ways: Record<Drawn | "halo", { fill: number; edge: number; hole: boolean }> = {
  solid: { fill: 1, edge: 0, hole: false },
  pierced: { fill: 1, edge: 0, hole: true },
  faint: { fill: 0.5, edge: 1.8, hole: false },
  outline: { fill: 0.22, edge: 2.6, hole: false },
  halo: { fill: 1, edge: 3.6, hole: false },
};

export function atlas(): Atlas {
  const names = Object.keys(outlines) as Shape[];
  const rows = Object.keys(ways) as (keyof typeof ways)[];
  const picture = document.createElement("canvas");
  picture.width = CELL * names.length;
  picture.height = CELL * rows.length;
  const context = picture.getContext("2d");
  if (!context) throw new Error("a browser that draws maps draws pictures");
  const cells: Atlas["cells"] = {};
  context.strokeStyle = "white";
  context.lineJoin = "round";
  const scale = (CELL - 2 * HALO) / 24;
  names.forEach((name, column) => {
    const path = new Path2D(outlines[name]);
    rows.forEach((way, row) => {
      const { fill, edge, hole } = ways[way];
      const [x, y] = [column * CELL, row * CELL];
      context.setTransform(scale, 0, 0, scale, x + HALO, y + HALO);
      context.fillStyle = `rgb(255 255 255 / ${fill})`;
      context.fill(path);
      if (edge > 0) {
        context.lineWidth = edge;
        context.stroke(path);
      }
      if (hole) {
        context.globalCompositeOperation = "destination-out";
        context.beginPath();
        context.arc(12, 12.6, 2.1, 0, 2 * Math.PI);
        context.fill();
        context.globalCompositeOperation = "source-over";
      }
      cells[`${name}-${way}`] = { x, y, width: CELL, height: CELL, mask: true as const };
    });
  });
  return { picture, cells };
}

/** Icons are drawn with room for their halo around them. */
export const ICON_SCALE = CELL / (CELL - 2 * HALO);
