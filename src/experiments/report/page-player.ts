/** The part of the page's script that goes through the training: the slider of the steps, play and pause. */

/** JavaScript text; it reads `data`, `state` and `redraw` of the script that holds it. */
export const PAGE_PLAYER = `
  const slider = document.getElementById("step");
  const button = document.getElementById("play");
  const MILLISECONDS = Math.min(700, Math.max(150, 12000 / data.steps.length)); // a step; all of them take some ten seconds
  let timer = null;

  function showStep(index) {
    state.step = index;
    const words = "step " + data.steps[index] + " of " + data.steps.at(-1);
    slider.value = String(index);
    slider.setAttribute("aria-valuetext", words);
    document.getElementById("shown-step").textContent = words;
    data.figures.forEach(redraw);
  }

  function pause() {
    clearInterval(timer);
    timer = null;
    button.textContent = "Play";
  }

  function play() {
    if (state.step === data.steps.length - 1) showStep(0);
    button.textContent = "Pause";
    timer = setInterval(() => {
      showStep(state.step + 1);
      if (state.step === data.steps.length - 1) pause();
    }, MILLISECONDS);
  }

  if (slider !== null) {
    slider.addEventListener("input", () => { pause(); showStep(Number(slider.value)); });
    button.addEventListener("click", () => (timer === null ? play() : pause()));
  }
`;
