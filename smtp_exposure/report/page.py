"""Stand-in until the page is written."""
def render(run, summary, maps): return "<main class='smtp-exposure'></main>"
def finish(html): return html
