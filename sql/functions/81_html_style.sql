-- how pages look

-- Texts have a contrast of at least 4.5 to what is behind them, in both schemes. Colours of the two
-- sides of a comparison differ in lightness too, and severities have a sign of their own.
CREATE OR REPLACE FUNCTION drift_internal.html_style() RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT ':root{color-scheme:light dark;--page:#f5f6f8;--card:#fff;--text:#171c26;--soft:#545d6d;--line:#dfe3e9;--faint:#eef0f4;
--reference:#8a93a3;--referencefill:#c9ced8;--current:#1a5fd0;--currentfill:#1a5fd0;--link:#1a56c4;
--critical:#a6201a;--criticalback:#fdeeec;--warning:#7c4700;--warningback:#fff4dc;--ok:#0b6245;--okback:#e6f6ee;--unknown:#4b5566;--unknownback:#edf0f4}
@media (prefers-color-scheme:dark){:root{--page:#0f1217;--card:#181c23;--text:#e8ebf1;--soft:#a3adbd;--line:#2d343f;--faint:#222831;
--reference:#8e98a8;--referencefill:#485160;--current:#6ea8ff;--currentfill:#6ea8ff;--link:#8bb8ff;
--critical:#ffaaa2;--criticalback:#3d1a18;--warning:#fbcb6b;--warningback:#36270b;--ok:#7fdcb0;--okback:#10301f;--unknown:#b4bdcb;--unknownback:#272e38}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--text);font:16px/1.55 -apple-system,BlinkMacSystemFont,"Segoe UI",Roboto,"Helvetica Neue",Lato,"Noto Sans",Arial,sans-serif;overflow-wrap:anywhere}
main{max-width:67rem;margin:0 auto;padding:2rem 1.5rem 1rem}
footer{max-width:67rem;margin:0 auto;padding:0 1.5rem 2.5rem;font-size:.8125rem;color:var(--soft)}
a{color:var(--link)}
h1,h2,h3,h4{line-height:1.25;margin:0;font-weight:650;letter-spacing:-.011em}
h1{font-size:1.75rem}
h2{font-size:1.25rem;margin:2.75rem 0 .9rem}
h3{font-size:1.0625rem}
details h3{margin:1.25rem 0 .4rem}
h4{font-size:.9375rem;margin:1.25rem 0 .4rem}
p{margin:.5rem 0}
ul,ol{margin:.5rem 0;padding-left:1.25rem}
li{margin:.25rem 0}
code,pre{font:.875em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
pre{overflow:auto;background:var(--faint);padding:.75rem 1rem;border-radius:8px}
.soft{color:var(--soft)}.small{font-size:.875rem}.strong{font-weight:650}
.brand{font-size:1.25rem;font-weight:650;margin:0 0 .15rem;letter-spacing:-.011em}
.crumbs{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin:0 0 1rem;font-size:.875rem;color:var(--soft)}
.crumbs b{font-weight:600;color:var(--text)}
.card{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:1.25rem 1.5rem;margin:0 0 1rem;min-width:0}
.card>:first-child,.verdict>:first-child{margin-top:0}.card>:last-child{margin-bottom:0}
.verdict{background:var(--card);border:1px solid var(--line);border-radius:18px;padding:1.75rem 2rem;margin:0 0 1rem;border-left:6px solid var(--unknown)}
.verdict.critical{border-left-color:var(--critical)}.verdict.warning{border-left-color:var(--warning)}.verdict.ok{border-left-color:var(--ok)}
.verdict h1{margin:.75rem 0 .5rem;max-width:50rem;text-wrap:pretty}
.verdict p{max-width:46rem;font-size:1.0625rem}
.grid{display:grid;gap:1rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,15rem),1fr));margin:0 0 1rem}
.grid>*{margin:0}
.grid.tiles{grid-template-columns:repeat(auto-fit,minmax(11.5rem,1fr))}
.grid.pair{column-gap:1.25rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr))}
.tile{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:1rem 1.25rem;min-width:0}
.tile dt,.tile .label{font-size:.8125rem;color:var(--soft);margin:0}
.tile .figure{font-size:1.5rem;font-weight:650;line-height:1.3;letter-spacing:-.015em;margin:.1rem 0;font-variant-numeric:tabular-nums}
.tile .note{font-size:.8125rem;color:var(--soft);margin:0}
.badge{display:inline-block;padding:.1rem .6rem;border-radius:99px;font-size:.8125rem;font-weight:600;line-height:1.5;white-space:nowrap;color:var(--unknown);background:var(--unknownback)}
.badge::before{content:"\25CB";margin-right:.4em;font-size:.85em}
.badge.critical{color:var(--critical);background:var(--criticalback)}.badge.critical::before{content:"\25B2"}
.badge.warning{color:var(--warning);background:var(--warningback)}.badge.warning::before{content:"\25C6"}
.badge.ok{color:var(--ok);background:var(--okback)}.badge.ok::before{content:"\2713"}
.head{display:flex;flex-wrap:wrap;gap:.35rem .75rem;align-items:center}
.head h3{min-width:0}.head .end{display:flex;gap:.75rem;align-items:center;margin-left:auto}
.figures{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem;margin:.5rem 0;padding:0;font-size:.875rem;color:var(--soft);list-style:none}
.figures li{margin:0}.figures b{color:var(--text);font-weight:600;font-variant-numeric:tabular-nums}
figure{margin:1rem 0 0;min-width:0}
figcaption{font-size:.8125rem;color:var(--soft);margin:0 0 .4rem}
svg{display:block;width:100%;overflow:visible}
svg path{fill:none;vector-effect:non-scaling-stroke;stroke-linejoin:round}
svg.plot{height:9rem;border-bottom:1px solid var(--line)}
svg.spark{height:1.4rem;width:8rem;max-width:100%}
svg .grid-line{stroke:var(--faint);stroke-width:1}
svg .reference-area{fill:var(--referencefill);fill-opacity:.75}
svg .current-area{fill:var(--currentfill);fill-opacity:.14}
svg .reference-line{stroke:var(--reference);stroke-width:1.75;stroke-dasharray:5 3}
svg .current-line,svg .line{stroke:var(--current);stroke-width:2}
svg .bound{stroke:var(--soft);stroke-width:1;stroke-dasharray:3 3}
svg .gap{stroke:var(--text);stroke-width:1.5}
svg .dot,svg .dots{stroke:var(--current);stroke-width:6;stroke-linecap:round}
svg .line{stroke-linecap:round}
svg .critical{stroke:var(--critical)}svg .warning{stroke:var(--warning)}svg .ok{stroke:var(--ok)}
.frame{position:relative;padding-left:2.75rem}
.frame>span{position:absolute;left:0;width:2.25rem;text-align:right;top:-.55rem;font-size:.75rem;line-height:1.1rem;color:var(--soft);font-variant-numeric:tabular-nums}
.frame>span:nth-of-type(2){top:3.95rem}.frame>span:nth-of-type(3){top:8.45rem}
.axis{display:flex;justify-content:space-between;margin:.2rem 0 0;font-size:.75rem;color:var(--soft);font-variant-numeric:tabular-nums}
figcaption{display:flex;flex-wrap:wrap;gap:.15rem 1.25rem;justify-content:space-between;align-items:baseline;line-height:1.25rem}
figcaption+.frame{margin-top:.9rem}
.legend{display:inline-flex;flex-wrap:wrap;gap:.15rem 1rem}
.legend span::before{content:"";display:inline-block;width:.85em;height:.85em;margin-right:.4em;border-radius:3px;vertical-align:-.1em}
.legend .is-reference::before{background:var(--referencefill);border:1px dashed var(--reference)}
.legend .is-current::before{background:color-mix(in srgb,var(--currentfill) 22%,transparent);border:2px solid var(--current)}
.legend .is-ok::before{background:var(--ok);border-radius:50%}.legend .is-warning::before{background:var(--warning);border-radius:50%}.legend .is-critical::before{background:var(--critical);border-radius:50%}
.bars{display:grid;grid-template-columns:minmax(4rem,auto) 1fr auto;gap:.5rem .75rem;align-items:center;margin:0;font-size:.8125rem}
.bars>.name{max-width:11rem;line-height:1.3}
.bars>.value{text-align:right;color:var(--soft);font-variant-numeric:tabular-nums;line-height:1.25}
.bars b{color:var(--text);font-weight:600}
.bar{display:block;height:.5rem;border-radius:2px;min-width:1px}
.bar+.bar{margin-top:2px}
.bar.is-reference{background:var(--referencefill)}.bar.is-current{background:var(--current)}
.scroll{overflow-x:auto;margin:0 0 1rem}
.card>.scroll,details>.scroll{margin:.75rem 0 0}.card>.scroll:first-child{margin:0}
table{border-collapse:collapse;width:100%;font-size:.875rem;overflow-wrap:normal}
th,td{text-align:left;padding:.5rem .75rem .5rem 0;border-bottom:1px solid var(--line);vertical-align:top}
th:last-child,td:last-child{padding-right:0}
tr:last-child>td,tbody tr:last-child>th{border-bottom:0}
thead th{padding-top:0;font-size:.8125rem;font-weight:600;color:var(--soft);white-space:nowrap;vertical-align:bottom}
tbody th{font-weight:600}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
td.words,th.words{min-width:12rem;overflow-wrap:anywhere}
details{margin:.9rem 0 0}
summary{cursor:pointer;font-size:.875rem;color:var(--link);font-weight:550;padding:.15rem 0}
summary:focus-visible,a:focus-visible,.scroll:focus-visible{outline:2px solid var(--current);outline-offset:2px;border-radius:4px}
details.card>summary{font-size:1rem;color:var(--text)}
.card>.grid.pair{column-gap:2.5rem}
.list{padding-top:.5rem;padding-bottom:.5rem}
.quiet{margin:0;border-bottom:1px solid var(--line)}.quiet:last-child{border-bottom:0}
.quiet>summary{display:flex;flex-wrap:wrap;gap:.2rem .75rem;align-items:center;padding:.7rem 0;color:var(--text);font-weight:400;list-style:none}
.quiet>summary::-webkit-details-marker{display:none}
.quiet>summary::before{content:"\25B8";color:var(--soft);width:.8em}.quiet[open]>summary::before{content:"\25BE"}
.quiet>summary .says{flex-basis:100%;padding-left:1.55em;color:var(--soft)}
.quiet>summary .badge{margin-left:auto}
.quiet[open]{padding-bottom:1.25rem}
.todo{font-size:1.25rem;margin:.1rem 0 .5rem}
.tile svg.spark{height:2rem;margin:.35rem 0}
.steps{list-style:none;margin:.5rem 0 0;padding:0}
.steps li{padding:.5rem 0 .5rem 1.25rem;border-left:2px solid var(--line);position:relative;margin:0 0 0 .35rem;font-size:.875rem}
.steps li::before{content:"";position:absolute;left:-.34rem;top:.95rem;width:.55rem;height:.55rem;border-radius:50%;background:var(--soft)}
.steps li.critical::before{background:var(--critical)}.steps li.warning::before{background:var(--warning)}.steps li.ok::before{background:var(--ok)}
.steps time{color:var(--soft);margin-right:.75rem;font-variant-numeric:tabular-nums}
.trends{display:grid;gap:.25rem 1.25rem;grid-template-columns:repeat(3,minmax(0,1fr));margin:.5rem 0}
.trends figure{margin:.25rem 0}.trends svg.spark{width:100%}
.stacked .note{display:block;font-weight:400;font-size:.8125rem;color:var(--soft)}
.stacked svg.spark{height:1.1rem;width:6rem;margin:.2rem 0 0}
@media (max-width:40rem){.stacked thead{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}
.stacked table,.stacked tbody{display:block}.stacked tr{display:grid;grid-template-columns:1fr 1fr;gap:.35rem .75rem;padding:.75rem 0;border-bottom:1px solid var(--line)}
.stacked tr:last-child{border-bottom:0}.stacked tr>*{display:block;padding:0;border:0;text-align:left;white-space:normal}.stacked th{grid-column:1/-1}
.stacked td::before{content:attr(data-label);display:block;font-size:.75rem;color:var(--soft)}.stacked td:empty{display:none}
main{padding:1rem 1rem .5rem}footer{padding:0 1rem 2rem}h1{font-size:1.375rem}.verdict{padding:1.25rem;border-radius:14px}.card{padding:1rem}
.grid{gap:.75rem}.grid.tiles{grid-template-columns:1fr 1fr}.tile{padding:.75rem .9rem}.tile .figure{font-size:1.25rem}h2{margin-top:2rem}svg.plot{height:8rem}.frame>span:nth-of-type(2){top:3.45rem}.frame>span:nth-of-type(3){top:7.45rem}td.words,th.words{min-width:9rem}.head .end{margin-left:0;width:100%;justify-content:space-between;flex-direction:row-reverse}}
@media print{:root{color-scheme:light}body{background:#fff;font-size:11pt}main{max-width:none;padding:0}.card,.tile,.verdict,figure{break-inside:avoid}h2,h3{break-after:avoid}details::details-content{content-visibility:visible;block-size:auto}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
'
$$;

COMMENT ON FUNCTION drift_internal.html_style() IS
	'the style sheet of all pages. Classes: verdict and card (boxes), grid (of cards or tiles; grid pair: two wide ones), tile with label, figure and note, head (a title, badges at its end), crumbs, figures (facts in a line), scroll (around a table, with tabindex 0), number and words (cells), legend with is-reference and is-current, bars, steps (what happened, a list), trends (three small lines beside each other), stacked (around a table that is a list on a narrow screen: cells have data-label, and note is a second line), soft, small and strong; boxes and steps also have a severity';
