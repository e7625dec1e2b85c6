// Numbers of a window as text, for exports without a server.
import { blocksFor } from "./columns.js";
import { rowsWithin } from "./draw_rows.js";

// CSV of a track in a window, for exports without a server; numbers in the fewest digits that read back as themselves.
export async function csvOf(row, store, view, raw) {
  const lines = [];
  if (row.rows) {
    const [first, last] = rowsWithin(row.rows, view);
    lines.push(row.rows.stop ? "start_time_s,stop_time_s,category,label" : "start_time_s,category,label");
    for (let each = first; each < last; each += 1) {
      const stop = row.rows.stop ? [row.rows.stop[each]] : [];
      lines.push([row.rows.start[each], ...stop, quoted(row.rows.categories[row.rows.category[each]]), quoted(row.rows.label[each] ?? "")].join(","));
    }
    return `${lines.join("\n")}\n`;
  }
  const heat = row.track.kind === "heatmap";
  const titles = heat ? row.track.rows : [row.track.unit ? `${row.track.name} (${row.track.unit})` : row.track.name];
  const columns = [];
  for (const place of titles.keys()) columns.push(await samplesWithin(store, heat ? `${row.name}.${place}` : row.name, raw, view));
  lines.push(["time_s", ...titles.map(quoted)].join(","));
  (columns[0]?.times ?? []).forEach((time, sample) => lines.push([time, ...columns.map(({ values }) => (Number.isNaN(values[sample]) ? "" : values[sample]))].join(",")));
  return `${lines.join("\n")}\n`;
}

// Times and values of a trace within a window, ends included.
async function samplesWithin(store, name, raw, view) {
  const grid = await store.load(`grid/${name}`).catch(() => null);
  if (!grid || !raw || grid.raw === false) throw new Error("this export holds a coarser picture, not samples; export again with --with-samples");
  const [times, values] = [[], []];
  for (const number of blocksFor(grid, raw, view)) {
    const block = await store.load(`raw/${name}/${number}`);
    block.values.forEach((value, sample) => {
      const time = block.times ? block.times[sample] : grid.start + (block.first + sample) * grid.period;
      if (time < view.start || time > view.stop) return;
      times.push(time);
      values.push(value);
    });
  }
  return { times, values };
}

function quoted(text) {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
