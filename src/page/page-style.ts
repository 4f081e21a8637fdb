/** The style sheet of the report page, light and dark, from a phone's width to a desk's. */

/** CSS text, without any outside resource. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --text: #1c1c1e; --soft: #5b5b63; --line: #d9d9de; --back: #ffffff; --card: #f6f6f8;
  --bad: #b34400; --mixed: #7a5b00; --good: #0069a3; }
@media (prefers-color-scheme: dark) {
  :root { --text: #ececf0; --soft: #a5a5b0; --line: #3a3a42; --back: #17171a; --card: #212126;
    --bad: #ff9a4d; --mixed: #e6bd4f; --good: #6cc0f5; }
}
* { box-sizing: border-box; }
html { scroll-padding-top: calc(var(--bar, 0px) + 8px); }
body { margin: 0 auto; padding: 32px 24px 64px; max-width: 1280px; background: var(--back); color: var(--text);
  font: 17px/1.5 system-ui, sans-serif; overflow-wrap: break-word; }
h1 { font-size: 30px; line-height: 1.2; margin: 0 0 6px; }
.lead { margin: 0 0 10px; font-size: 18px; }
h2 { font-size: 22px; margin: 40px 0 8px; }
h3 { font-size: 20px; line-height: 1.3; margin: 24px 0 4px; }
p, li { max-width: 80ch; }
ul.answer { padding-left: 1.2em; }
ul.answer li { margin: 6px 0; }
.soft, figcaption { color: var(--soft); font-size: 15px; }
.warning { border-left: 4px solid #d55e00; background: var(--card); padding: 10px 14px; }
.warning ul { margin: 4px 0 0; padding-left: 1.2em; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 15px; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); padding: 4px 0; }
th, td { padding: 5px 14px 5px 0; border-bottom: 1px solid var(--line); text-align: left; white-space: nowrap; }
tbody th { font-weight: inherit; }
tbody th[scope=rowgroup] { font-weight: 600; padding-top: 12px; }
td.number, th.number { text-align: right; }
.vanishes, .explodes, .diverged { color: var(--bad); font-weight: 600; }
.fades, .grows { color: var(--mixed); font-weight: 600; }
.lives { color: var(--good); font-weight: 600; }
.controls { position: sticky; top: 0; z-index: 5; display: flex; flex-wrap: wrap; gap: 6px 28px; padding: 8px 0;
  background: var(--back); border-bottom: 1px solid var(--line); font-size: 15px; align-items: center; }
.controls fieldset { border: 0; padding: 0; margin: 0; display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: center; }
.controls legend { float: left; padding: 0; color: var(--soft); }
.steps { display: flex; gap: 10px; align-items: center; flex: 1 1 300px; }
.steps input { flex: 1 1 80px; min-width: 60px; max-width: 420px; height: 24px; accent-color: var(--good); }
.steps button { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--soft); border-radius: 6px;
  min-width: 72px; min-height: 32px; cursor: pointer; }
.steps output { min-width: 9em; font-variant-numeric: tabular-nums; }
figure { margin: 16px 0 40px; }
figure h2, figure h3 { font-size: 20px; line-height: 1.3; margin: 8px 0 4px; }
figure > p { margin: 0 0 8px; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 10px; margin: 0 0 8px; }
.legend button { font: inherit; font-size: 14px; color: inherit; background: none; border: 1px solid transparent;
  border-radius: 6px; padding: 4px 8px; min-height: 32px; cursor: pointer; text-align: left; }
.legend button:hover { border-color: var(--line); }
.legend button[aria-pressed=false] { opacity: 0.55; text-decoration: line-through; }
.sample, .mark { --color: var(--light); fill: var(--color); margin-right: 8px; vertical-align: -2px; }
@media (prefers-color-scheme: dark) { .sample, .mark { --color: var(--dark); } }
.sample { width: 36px; height: 15px; } .sample .line { stroke: var(--color); fill: none; }
.mark { width: 13px; height: 13px; margin-right: 6px; vertical-align: -1px; }
:focus-visible { outline: 3px solid var(--good); outline-offset: 2px; }
.numbers { min-height: 2em; margin: 4px 0 8px; }
.numbers th, .numbers td { white-space: normal; padding-right: 10px; }
figcaption { max-width: 90ch; }
details { margin-top: 16px; } summary { cursor: pointer; color: var(--soft); padding: 4px 0; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 4px 20px; font-size: 15px; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
.tip { max-width: 92vw; overflow-x: auto; } .tip table { font-size: 13px; } .tip th, .tip td { padding: 2px 10px 2px 0; border: 0; }
@media (max-width: 767px) {
  body { padding: 20px 14px 48px; font-size: 16px; }
  h1 { font-size: 22px; }
  .lead { font-size: 16px; }
  figure { display: flex; flex-direction: column; }
  .legend { order: 1; } .numbers, figcaption, .tables { order: 2; }
  .legend { gap: 0 6px; } .legend button { padding: 2px 4px; font-size: 13px; }
  .controls { position: static; }
  .numbers table { font-size: 12px; table-layout: fixed; width: 100%; }
  .numbers th, .numbers td { hyphens: auto; overflow-wrap: anywhere; padding-right: 6px; }
}
`;
