/** Drawn people instead of cameras. */

const SKIN = ["#c98d66", "#b97a54", "#8a5a3c", "#e9bd98", "#a9714d", "#d9a781", "#9a6846"];
const HAIR = ["#2d1d18", "#6b6461", "#1c1412", "#1d1a1f", "#2c2f36", "#4a3323", "#3c6f7a"];
const SHIRT = ["#b5523b", "#456a5e", "#5a4790", "#28505a", "#33465e", "#8a4a06", "#7a2f5c"];
const WALL = ["#d9c5a7", "#cfd8cf", "#e2d3c3", "#c7d5dc", "#d3c8b8", "#bfc9c2", "#d5dbe2"];

/** A still picture of a person as a stream. */
export function picture(index: number): MediaStream {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [640, 400];
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("no canvas");
  const pick = (colors: string[]): string => colors[index % colors.length] ?? "#888";
  const blob = (color: string, x: number, y: number, w: number, h: number): void => {
    pen.fillStyle = color;
    pen.beginPath();
    pen.ellipse(x, y, w, h, 0, 0, 7);
    pen.fill();
  };
  const draw = (): void => {
    pen.fillStyle = pick(WALL);
    pen.fillRect(0, 0, 640, 400);
    blob(pick(HAIR), 320, 180, 96, 118);
    blob(pick(SHIRT), 320, 410, 180, 130);
    blob(pick(SKIN), 320, 275, 30, 45);
    blob(pick(SKIN), 320, 190, 74, 88);
    for (const x of [292, 348]) blob("#2a1d18", x, 190, 7, 8);
    blob("#7a2f2a", 320, 236, 22, 6);
  };
  draw();
  setInterval(draw, 100);
  return canvas.captureStream(10);
}
