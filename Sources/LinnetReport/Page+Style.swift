extension Page {
  /// Ten colours that remain apart for readers who see no red or no green, once for light and once for dark.
  private static let palettes = [
    [
      "#2667b5", "#d4700f", "#15855a", "#b0418c", "#a2820a", "#158a9e", "#c0392b", "#6a4fb8", "#87593a",
      "#6b7280",
    ],
    [
      "#6aaef0", "#f2a154", "#54c596", "#e089c4", "#dcbd4c", "#5ccbe0", "#f0827a", "#aa9bf3", "#cb9c7c",
      "#a3aab8",
    ],
  ]

  private static func variables(_ palette: [String]) -> String {
    palette.enumerated().map { "--s\($0):\($1);" }.joined()
  }

  /// The style of the page and of the drawings in it.
  static let style = """
    :root{color-scheme:light dark;--paper:#fcfcfa;--card:#ffffff;--ink:#1c2024;--soft:#5c636b;--faint:#e4e5e2;\
    --rule:#9aa0a6;\(variables(palettes[0]))}
    @media (prefers-color-scheme:dark){:root{--paper:#141618;--card:#1b1e21;--ink:#e8e8e4;--soft:#a0a6ad;\
    --faint:#2f3438;--rule:#767d84;\(variables(palettes[1]))}}
    *{box-sizing:border-box}
    html{-webkit-text-size-adjust:100%}
    body{margin:0 auto;max-width:1120px;padding:28px 20px 64px;background:var(--paper);color:var(--ink);\
    font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;\
    font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
    h1{font-size:26px;line-height:1.2;margin:0;letter-spacing:-.01em}
    h2{font-size:18px;line-height:1.3;margin:44px 0 6px;padding-top:14px;border-top:1px solid var(--faint)}
    h3{font-size:14px;line-height:1.35;margin:0 0 6px;font-weight:600}
    p{margin:0 0 12px;max-width:72ch}
    .subtitle,figcaption,h2+p{color:var(--soft)}
    .subtitle{margin:6px 0 0}
    .facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(140px,1fr));gap:18px 28px;margin:24px 0 8px}
    .facts dt{font-size:13px;line-height:1.35;color:var(--soft)}
    .facts dd{margin:2px 0 0;font-size:28px;line-height:1.15;font-weight:600;letter-spacing:-.02em}
    .facts small{display:block;font-size:12.5px;line-height:1.35;font-weight:400;letter-spacing:0;color:var(--soft);margin-top:3px}
    .figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,330px),1fr));gap:30px 36px;margin:16px 0}
    .pairs{grid-template-columns:repeat(auto-fit,minmax(min(100%,400px),1fr))}
    figure{margin:0;min-width:0}
    @media (min-width:760px){figure.wide{grid-column:span 2}figure.wide:only-child{grid-column:1/-1}}
    figcaption{font-size:13px;line-height:1.4;margin-top:6px;max-width:64ch}
    .drawing{overflow-x:auto}
    .plot{display:block;width:100%;height:auto;max-width:min(430px,calc(var(--natural)*1.6));font-size:11px;fill:var(--ink)}
    .wide .plot{max-width:calc(var(--natural)*1.15);min-width:var(--least,0)}
    .plot text{unicode-bidi:plaintext}
    .plot .tick,.plot .note{fill:var(--soft)}
    .plot .title{fill:var(--soft);font-size:11.5px}
    .plot .value{font-weight:600}
    .plot .over{fill:var(--card);font-weight:600}
    .plot line{vector-effect:non-scaling-stroke}
    .plot .grid{stroke:var(--faint);stroke-width:1}
    .plot .axis{stroke:var(--rule);stroke-width:1}
    .plot .guide{stroke:var(--rule);stroke-width:1;stroke-dasharray:3 3}
    .plot .rule{stroke:var(--ink);stroke-width:1.2;stroke-dasharray:5 3}
    .plot .frame{fill:var(--card);stroke:var(--faint)}
    .plot .line{fill:none;stroke:var(--c);stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
    .plot .band{fill:var(--c);fill-opacity:.16}
    .plot .columns{fill-opacity:.55}
    .plot .track{fill:var(--faint)}
    .plot .whisker{stroke:var(--ink);stroke-width:1.2}
    .plot .dot circle,.plot .dot path,.plot .dot rect{stroke:var(--card);stroke-width:.8}
    .plot .dot .picture{fill:none;stroke:var(--c);stroke-width:1.6}
    .plot .dot .ring{fill:none;stroke:var(--ink);stroke-width:1.4}
    .plot .dot{cursor:default;transform-box:fill-box;transform-origin:center;transition:transform .12s}
    .plot a.dot{cursor:pointer}
    .plot .dot:hover{transform:scale(1.6)}
    .plot .dot:has(image):hover{transform:scale(3)}
    \((0..<Series.colours).map { ".s\($0){--c:var(--s\($0));fill:var(--c)}" }.joined())
    .table{overflow-x:auto;margin:12px 0}
    table{border-collapse:collapse;font-size:13.5px}
    th,td{padding:4px 0 4px 22px;text-align:right;border-bottom:1px solid var(--faint);font-weight:400;white-space:nowrap}
    .text{text-align:left}
    th:first-child,td:first-child{padding-left:0}
    tbody th{min-width:9em;max-width:38ch;white-space:normal}
    thead th{color:var(--soft);font-size:12.5px;border-bottom-color:var(--rule);vertical-align:bottom}
    .gallery{display:grid;grid-template-columns:repeat(auto-fill,minmax(132px,1fr));gap:18px 14px;margin:16px 0}
    .gallery img,.gallery .missing{display:block;width:100%;aspect-ratio:1;object-fit:cover;border-radius:4px;background:var(--faint)}
    .missing{display:grid;place-items:center;color:var(--soft);font-size:12px}
    .gallery figcaption{font-size:12.5px;line-height:1.35}
    .gallery .first{color:var(--ink);font-weight:600}
    @media (max-width:520px){body{padding:20px 16px 48px}h1{font-size:22px}.facts{grid-template-columns:1fr 1fr}\
    .facts dd{font-size:24px}.gallery{grid-template-columns:repeat(auto-fill,minmax(100px,1fr));gap:14px 10px}\
    th,td{padding-left:14px}}
    @media print{body{max-width:none;padding:0}figure{break-inside:avoid}}
    """
}
