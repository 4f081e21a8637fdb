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
  const dot = (one) => '<span class="dot" style="background:' + escape(one.color) + '"></span>' + escape(one.label);

  // A table whose first row and first column are headers.
  const table = (caption, head, lines) =>
    "<table><caption>" + caption + "</caption><thead><tr>" +
    head.map((cell) => '<th scope="col">' + cell + "</th>").join("") + "</tr></thead><tbody>" +
    lines.map(([first, ...cells]) =>
      '<tr><th scope="row">' + first + "</th>" + cells.map((cell) => '<td class="number">' + cell + "</td>").join("") + "</tr>",
    ).join("") + "</tbody></table>";
  const turned = (rows) => rows[0].map((_, column) => rows.map((row) => row[column]));

  const QUANTITIES = ["‖∂L/∂h‖", "‖∂L/∂W‖", "identity", "branch", "mean h", "std h", "dead", "‖W‖", "‖ΔW‖/‖W‖"];
  const PLAIN = new Set([4, 6]);
  const write = (value, quantity) => (PLAIN.has(quantity) ? plain(value) : norm(value));
  const ofDepth = (depth) => data.configurations.filter((one) => one.depth === depth);

  // The numbers of one place, as a table: [caption, head, rows].
  function layerNumbers(depth, layer) {
    const here = ofDepth(depth).filter((one) => one.steps[state.step]);
    const name = here.length ? here[0].layers[layer] : "";
    const rows = here.map((one) => {
      const values = one.steps[state.step][layer] || [];
      return [dot(one), ...QUANTITIES.map((_, quantity) => write(values[quantity], quantity))];
    });
    return ["<b>" + escape(name) + "</b> · depth " + depth, ["network", ...QUANTITIES], rows];
  }
  function stepNumbers(depth, step) {
    const rows = ofDepth(depth)
      .filter((one) => one.losses[step] !== undefined)
      .map((one) => [dot(one), plain(one.losses[step])]);
    return ["<b>step " + escape(step) + "</b> · depth " + depth, ["network", "loss (nats)"], rows];
  }
  function cellNumbers(panel, layer, row) {
    const one = data.configurations.find((other) => other.depth === panel.depth && other.label === panel.label);
    const steps = stepsOf(one);
    const numbers = one.steps[steps[row]]?.[layer] || [];
    const caption = "<b>" + escape(one.layers[layer]) + "</b> · step " + data.steps[steps[row]] + " · depth " + panel.depth;
    return [caption, ["network", QUANTITIES[0]], [[dot(one), norm(numbers[0])]]];
  }
  const stepsOf = (one) => data.steps.flatMap((_, index) => (one.steps[index] ? [index] : []));

  function numbersAt(figure, { panel, x, y }) {
    const shown = figure.panels[panel];
    if (figure.kind === "layers") return layerNumbers(shown.depth, x);
    if (figure.kind === "steps") return stepNumbers(shown.depth, data.steps[x]);
    return cellNumbers(shown, x, y);
  }

  // How many places a panel has along x and y.
  function extent(figure, panel) {
    const { depth, label } = figure.panels[panel];
    const here = ofDepth(depth).filter((one) => label === undefined || one.label === label);
    const layers = Math.max(...here.map((one) => one.layers.length));
    if (figure.kind === "steps") return { x: data.steps.length, y: 1 };
    return { x: layers, y: figure.kind === "cells" ? stepsOf(here[0]).length : 1 };
  }

  // All numbers of a figure, a table a panel.
  function tablesOf(figure) {
    return figure.panels.map(({ depth, label }) => {
      const here = ofDepth(depth).filter((one) => label === undefined || one.label === label);
      const caption = escape(figure.title) + ", depth " + depth + (label === undefined ? "" : ", " + escape(label));
      if (figure.kind === "steps") {
        const rows = data.steps.map((step) => [step, ...here.map((one) => plain(one.losses[step]))]);
        return table(caption, ["step", ...here.map(dot)], rows);
      }
      if (figure.kind === "cells") {
        const steps = stepsOf(here[0]);
        const rows = here[0].layers.map((name, layer) => [escape(name), ...steps.map((step) => norm(here[0].steps[step][layer]?.[0]))]);
        return table(caption, ["layer", ...steps.map((step) => "step " + data.steps[step])], rows);
      }
      const shown = here.filter((one) => one.steps[state.step]);
      const longest = shown.reduce((names, one) => (one.layers.length > names.length ? one.layers : names), []);
      const several = figure.quantities.length > 1;
      const head = shown.flatMap((one) => figure.quantities.map((q) => dot(one) + (several ? " · " + QUANTITIES[q] : "")));
      const rows = longest.map((name, layer) =>
        [escape(name), ...shown.flatMap((one) => figure.quantities.map((q) => write(one.steps[state.step][layer]?.[q], q)))]);
      return table(caption + ", step " + data.steps[state.step], ["layer", ...head], rows);
    }).join("");
  }
`;
