/** The part of the page's script that writes numbers: of a place in a figure, and of a whole figure as tables. */

/** JavaScript text: functions that read `data` and `state` of the script that holds them. */
export const PAGE_NUMBERS = `
  const escape = (text) =>
    String(text).replace(/[&<>"']/g, (sign) => "&#" + sign.charCodeAt(0) + ";");
  const norm = (value) => {
    if (value === null || value === undefined) return "–";
    if (typeof value === "string") return escape(value);
    if (value === 0) return "0";
    return value.toExponential(1).replace("e+", "e");
  };
  const plain = (value) => (typeof value === "number" ? value.toPrecision(3) : norm(value));
  const mark = (one) =>
    '<svg class="mark" style="--light:' + escape(one.color) + ";--dark:" + escape(one.dark) +
    '" viewBox="-1 -1 22 22" aria-hidden="true"><path d="' + escape(one.symbol) + '"/></svg>';
  const nameOf = (one) => mark(one) + escape(one.label);

  // A table whose first row and first column are headers.
  const table = ([caption, head, lines]) =>
    "<table><caption>" + caption + "</caption><thead><tr>" +
    head.map((cell) => '<th scope="col">' + cell + "</th>").join("") + "</tr></thead><tbody>" +
    lines.map(([first, ...cells]) =>
      '<tr><th scope="row">' + first + "</th>" + cells.map((cell) => '<td class="number">' + cell + "</td>").join("") + "</tr>",
    ).join("") + "</tbody></table>";
  const turned = (rows) => rows[0].map((_, column) => rows.map((row) => row[column]));

  const QUANTITIES = ["‖∂L/∂h‖", "‖∂L/∂W‖", "identity", "branch", "mean h", "std h", "dead", "‖W‖", "‖ΔW‖/‖W‖"];
  const PLAIN = new Set([4, 6]);
  const write = (value, quantity) => (PLAIN.has(quantity) ? plain(value) : norm(value));
  const inPanel = ({ name, label }) =>
    data.networks.filter((one) => (label === undefined ? one.panel === name : one.label === label && name.startsWith(one.panel + " ")));
  const marksOf = (figure, one) => figure.marks[data.networks.indexOf(one)];
  const stepsOf = (one) => data.steps.flatMap((_, index) => (one.steps[index] ? [index] : []));
  const sameNames = (figure, some) =>
    new Set(some.map((one) => marksOf(figure, one).map(([layer]) => one.layers[layer]).join())).size < 2;

  // The numbers of one place, as a table: [caption, head, rows]. Of each network the layer nearest to it.
  function layerNumbers(figure, panel, x) {
    const here = inPanel(panel).filter((one) => one.steps[state.step] && marksOf(figure, one).length > 0);
    const nearest = (one) =>
      marksOf(figure, one).reduce((best, next) => (Math.abs(next[1] - x) < Math.abs(best[1] - x) ? next : best));
    const isOne = sameNames(figure, here);
    const rows = here.map((one) => {
      const [layer] = nearest(one);
      const numbers = QUANTITIES.map((_, quantity) => write(one.steps[state.step][layer][quantity], quantity));
      return [nameOf(one), ...(isOne ? [] : [escape(one.layers[layer])]), ...numbers];
    });
    const where = here.length && isOne ? "<b>" + escape(here[0].layers[nearest(here[0])[0]]) + "</b>, " : "";
    return [where + "weighted layer " + x + " · " + escape(panel.name), ["network", ...(isOne ? [] : ["layer"]), ...QUANTITIES], rows];
  }
  function stepNumbers(panel, step) {
    const rows = inPanel(panel)
      .filter((one) => one.losses[step] !== undefined)
      .map((one) => [nameOf(one), plain(one.losses[step])]);
    return ["<b>step " + escape(step) + "</b> · " + escape(panel.name), ["network", "loss (nats)"], rows];
  }
  function cellNumbers(figure, panel, column, row) {
    const [one] = inPanel(panel);
    const step = stepsOf(one)[row];
    const [layer, depth] = marksOf(figure, one)[column];
    const caption = "<b>" + escape(one.layers[layer]) + "</b>, weighted layer " + depth + " · step " + data.steps[step] + " · " + escape(one.panel);
    return [caption, ["network", QUANTITIES[0]], [[nameOf(one), norm((one.steps[step]?.[layer] || [])[0])]]];
  }

  function numbersAt(figure, { panel, x, y }) {
    const shown = figure.panels[panel];
    if (figure.kind === "layers") return layerNumbers(figure, shown, x);
    if (figure.kind === "steps") return stepNumbers(shown, x);
    return cellNumbers(figure, shown, x, y);
  }

  // The places of a panel along x, and how many there are along y.
  function placesOf(figure, panel) {
    const here = inPanel(figure.panels[panel]);
    if (figure.kind === "steps") return { xs: data.steps, rows: 1 };
    if (figure.kind === "cells") return { xs: marksOf(figure, here[0]).map((_, column) => column), rows: stepsOf(here[0]).length };
    const xs = new Set(here.flatMap((one) => marksOf(figure, one).map(([, depth]) => depth)));
    return { xs: [...xs].sort((a, b) => a - b), rows: 1 };
  }

  // All numbers of a figure: a table a panel or, where networks have other layers, a table a network.
  function tablesOf(figure) {
    return figure.panels.flatMap((panel) => {
      const here = inPanel(panel);
      const caption = escape(figure.title) + ", " + escape(panel.name);
      if (figure.kind === "steps") {
        const rows = data.steps.map((step) => [step, ...here.map((one) => plain(one.losses[step]))]);
        return [[caption, ["step", ...here.map(nameOf)], rows]];
      }
      if (figure.kind === "cells") {
        const [one] = here;
        const steps = stepsOf(one);
        const rows = marksOf(figure, one).map(([layer]) => [escape(one.layers[layer]), ...steps.map((step) => norm(one.steps[step][layer]?.[0]))]);
        return [[caption, ["layer", ...steps.map((step) => "step " + data.steps[step])], rows]];
      }
      const shown = here.filter((one) => one.steps[state.step] && marksOf(figure, one).length > 0);
      const groups = sameNames(figure, shown) ? [shown] : shown.map((one) => [one]);
      const several = figure.quantities.length > 1;
      return groups.filter((group) => group.length > 0).map((group) => {
        const head = group.flatMap((one) => figure.quantities.map((q) => nameOf(one) + (several ? " · " + QUANTITIES[q] : "")));
        const rows = marksOf(figure, group[0]).map(([layer, depth]) => [
          escape(group[0].layers[layer]), depth,
          ...group.flatMap((one) => figure.quantities.map((q) => write(one.steps[state.step][layer]?.[q], q))),
        ]);
        return [caption + ", step " + data.steps[state.step], ["layer", "weighted layers", ...head], rows];
      });
    }).map(table).join("");
  }

  // What a figure shows, for those who do not see it.
  function altOf(figure) {
    if (figure.kind !== "layers") return figure.title + ". " + figure.caption;
    const [quantity] = figure.quantities;
    const nets = data.networks.flatMap((one) => {
      const marks = marksOf(figure, one);
      if (!one.steps[state.step] || marks.length === 0) return [];
      const at = ([layer]) => norm(one.steps[state.step][layer]?.[quantity]) + " at " + one.layers[layer];
      return [one.panel + ", " + one.label + ": " + at(marks[0]) + ", " + at(marks[Math.max(0, marks.length - 2)])];
    });
    return figure.title + ", step " + data.steps[state.step] + ". " + QUANTITIES[quantity] + " of " + nets.join("; ") + ".";
  }
`;
