// The shapes of what moves, drawn once into one picture: each as itself and as a wider halo.
import type { Shape } from "./scene";

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
  ring: "M12 3.8a8.2 8.2 0 1 0 0 16.4 8.2 8.2 0 0 0 0-16.4zm0 3.3a4.9 4.9 0 1 1 0 9.8 4.9 4.9 0 0 1 0-9.8z",
};

export function atlas(): Atlas {
  const names = Object.keys(outlines) as Shape[];
  const picture = document.createElement("canvas");
  picture.width = CELL * names.length;
  picture.height = CELL * 2;
  const context = picture.getContext("2d");
  if (!context) throw new Error("a browser that draws maps draws pictures");
  const cells: Atlas["cells"] = {};
  context.fillStyle = "white";
  context.strokeStyle = "white";
  context.lineJoin = "round";
  const scale = (CELL - 2 * HALO) / 24;
  names.forEach((name, index) => {
    const path = new Path2D(outlines[name]);
    for (const [row, halo] of [false, true].entries()) {
      context.setTransform(scale, 0, 0, scale, index * CELL + HALO, row * CELL + HALO);
      context.fill(path, "evenodd");
      if (halo) {
        context.lineWidth = 3.6;
        context.stroke(path);
      }
      const cell = {
        x: index * CELL,
        y: row * CELL,
        width: CELL,
        height: CELL,
        mask: true as const,
      };
      cells[halo ? `${name}-halo` : name] = cell;
    }
  });
  return { picture, cells };
}

/** Icons are drawn with room for their halo around them. */
export const ICON_SCALE = CELL / (CELL - 2 * HALO);
