// Findings of a check on the axis: a triangle for an error, a diamond for a warning.
const NEAR = 7;

export function drawMarks(canvas, marks, view, size, theme) {
  const scale = size.width / (view.stop - view.start);
  for (const mark of marks) {
    canvas.fillStyle = mark.severity === "error" ? theme.error : theme.warning;
    for (const [start, stop] of mark.times) {
      if (stop < view.start || start > view.stop) continue;
      const x = (start - view.start) * scale;
      canvas.globalAlpha = 0.35;
      canvas.fillRect(x, size.height - 4, Math.max((stop - start) * scale, 1), 4);
      canvas.globalAlpha = 1;
      drawShape(canvas, x, size.height / 2 - 1, mark.severity);
    }
  }
}

function drawShape(canvas, x, y, severity) {
  const corners = severity === "error" ? [[0, -6], [6, 5], [-6, 5]] : [[0, -6], [5, 0], [0, 6], [-5, 0]];
  canvas.beginPath();
  corners.forEach(([right, down], number) => (number ? canvas.lineTo(x + right, y + down) : canvas.moveTo(x + right, y + down)));
  canvas.closePath();
  canvas.fill();
}

// The finding nearest to a time, if it is near on the screen.
export function markAt(marks, time, view, width) {
  const near = (NEAR / width) * (view.stop - view.start);
  let best = null;
  let least = near;
  for (const mark of marks) {
    for (const [start, stop] of mark.times) {
      const distance = time < start ? start - time : time > stop ? time - stop : 0;
      if (distance <= least) [best, least] = [mark, distance];
    }
  }
  return best;
}
