package reports

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/finding"
)

// opened is a report in headless Chromium.
type opened struct {
	t   *testing.T
	ctx context.Context
	// outside counts the requests for anything but the file itself.
	outside *atomic.Int32
	took    time.Duration
}

func open(t *testing.T, run *finding.Run) *opened {
	t.Helper()
	return openPage(t, render(t, "html", Options{}, run))
}

func openPage(t *testing.T, page string) *opened {
	t.Helper()
	var chrome string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			chrome = path
		}
	}
	if chrome == "" {
		t.Skip("no Chromium is installed")
	}
	address := "file://" + filepath.Join(t.TempDir(), "report.html")
	require.NoError(t, os.WriteFile(address[len("file://"):], []byte(page), 0o600))
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chrome), chromedp.NoSandbox)
	ctx, stop := chromedp.NewExecAllocator(t.Context(), opts...)
	t.Cleanup(stop)
	ctx, stop = context.WithTimeout(ctx, 30*time.Second)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewContext(ctx)
	t.Cleanup(stop)
	p := &opened{t: t, ctx: ctx, outside: &atomic.Int32{}}
	p.do(chromedp.Navigate("about:blank"), command(network.Enable, network.EnableParams{}))
	require.NoError(t, chromedp.Listen(ctx, func(event any) {
		if sent, ok := event.(*network.EventRequestWillBeSent); ok && sent.Request.URL != address {
			p.outside.Add(1)
		}
	}))
	start := time.Now()
	p.do(chromedp.Navigate(address), chromedp.WaitVisible(chromedp.CSS("h1")))
	p.took = time.Since(start)
	return p
}

func (p *opened) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	require.NoError(p.t, chromedp.Do(p.ctx, steps...))
}

func command[P, R any](cmd cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, cmd, params)
		return err
	})
}

// value is what a script yields, its promise awaited.
func value[T any](p *opened, script string) T {
	p.t.Helper()
	out, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	require.NoError(p.t, err, "%.200s", script)
	return out
}

func scheme(name string) chromedp.Action[chromedp.Void] {
	return command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}}})
}

const (
	shownOperations = `document.querySelectorAll("[id$=-operations] .row:not([hidden])").length`
	openOperations  = `document.querySelectorAll("[id$=-operations] details[open]").length`
	openAll         = `document.querySelectorAll("details").forEach(d => d.open = true), 0`
	sideways        = `document.documentElement.scrollWidth`
)

func TestPageFiltersSearchesAndOpens(t *testing.T) {
	p := open(t, badRun())
	require.Equal(t, 6, value[int](p, shownOperations))
	p.do(chromedp.Click(chromedp.CSS(`[id$=-operations] [data-show=failed]`)))
	assert.Equal(t, 2, value[int](p, shownOperations))
	p.do(chromedp.Click(chromedp.CSS(`[id$=-operations] [data-show=""]`)), chromedp.SendKeys(chromedp.CSS(`[id$=-operations] [data-search]`), "createcard"))
	assert.Equal(t, 1, value[int](p, shownOperations))
	assert.Equal(t, "1 of 6", value[string](p, `document.querySelector("[id$=-operations] [data-count]").textContent`))
	p.do(chromedp.KeyEvent("\x1b"))
	require.Equal(t, 6, value[int](p, shownOperations), "Escape empties the search")

	// What stands in the way leads to its place and opens it.
	value[int](p, `Array.from(document.querySelectorAll(".blockers a")).find(a => a.textContent == "BodyMatchesSchema").click(), 0`)
	p.do(chromedp.WaitVisible(chromedp.CSS(`[id$=-operations] details[open] .exchange`)))

	// By keyboard alone: the summary takes the focus and Enter closes it.
	p.do(chromedp.Focus(chromedp.CSS(`[id$=-operations] details[open] > summary`)), chromedp.KeyEvent("\r"))
	assert.Zero(t, value[int](p, openOperations))
	assert.Zero(t, p.outside.Load(), "the page asks for nothing outside itself")
}

func TestPageCopiesCommandLines(t *testing.T) {
	p := open(t, badRun())
	for _, name := range []string{"clipboard-read", "clipboard-write"} {
		_, err := chromedp.CallBrowser(p.ctx, browser.SetPermission, browser.SetPermissionParams{
			Permission: &browser.PermissionDescriptor{Name: name}, Setting: browser.PermissionSettingGranted})
		require.NoError(t, err)
	}
	p.do(chromedp.Focus(chromedp.CSS(`details.failed > summary`)), chromedp.KeyEvent("\r"), chromedp.WaitVisible(chromedp.CSS(`details.failed[open] button.copy`)),
		chromedp.Focus(chromedp.CSS(`details.failed[open] button.copy`)), chromedp.KeyEvent("\r"))
	_, err := chromedp.Run(p.ctx, chromedp.Poll[bool](`Array.from(document.querySelectorAll("button.copy")).some(b => b.textContent == "Copied")`))
	require.NoError(t, err)
	assert.Contains(t, value[string](p, `navigator.clipboard.readText()`), "curl -X GET")
}

func TestPagePrintsWhatNeedsAttention(t *testing.T) {
	p := open(t, badRun())
	require.Zero(t, value[int](p, openOperations))
	assert.Equal(t, 2, value[int](p, `window.dispatchEvent(new Event("beforeprint")), document.querySelectorAll("details.failed[open]").length`))
	assert.Zero(t, value[int](p, `window.dispatchEvent(new Event("afterprint")), document.querySelectorAll("details.failed[open]").length`))
	pdf, err := chromedp.Run(p.ctx, chromedp.PrintToPDF())
	require.NoError(t, err)
	assert.Greater(t, len(pdf), 10_000)
}

// TestPageFitsEveryWidth also writes screenshots to $PRECERT_SHOTS, for people.
func TestPageFitsEveryWidth(t *testing.T) {
	runs := map[string]*finding.Run{"bad": badRun(), "compared": comparedRun(), "many": manyRun(), "hostile": hostileRun(),
		"policies": policiesRun()}
	for name, run := range runs {
		p := open(t, run)
		for _, width := range []int64{360, 820, 1440} {
			for _, colours := range []string{"light", "dark"} {
				p.do(chromedp.EmulateViewport(width, 900), scheme(colours))
				assert.LessOrEqual(t, value[int64](p, sideways), width, "%s does not scroll sideways", name)
				p.shoot(name + "-" + colours + "-" + strconv.FormatInt(width, 10))
			}
		}
		p.do(chromedp.EmulateViewport(360, 900))
		value[int](p, openAll)
		assert.LessOrEqual(t, value[int64](p, sideways), int64(360), "%s opened does not scroll sideways", name)
		assert.Zero(t, p.outside.Load(), name)
	}
}

// policiesRun has a checklist of some length in which every state occurs.
func policiesRun() *finding.Run {
	run := badRun()
	for i := range 60 {
		p := finding.Policy{Number: fmt.Sprintf("5000.1.1.%d", i), Title: "The package holds the solution of the sample flow", Rules: []string{"Other"}}
		switch i % 5 {
		case 0:
			p.Rules = nil
		case 1:
			p.Attest = "Open the sample flow in a fresh environment and find every action."
		case 2:
			p.Needs = "icon.of.a.role.that.is.nowhere"
		case 3:
			p.Rules = []string{"BodyMatchesSchema"}
		}
		run.Policies = append(run.Policies, p)
	}
	return run
}

func (p *opened) shoot(name string) {
	p.t.Helper()
	dir := os.Getenv("PRECERT_SHOTS")
	if dir == "" {
		return
	}
	picture, err := chromedp.Run(p.ctx, chromedp.FullScreenshot(80))
	require.NoError(p.t, err)
	require.NoError(p.t, os.WriteFile(filepath.Join(dir, name+".jpg"), picture, 0o600))
}

func TestPageOfALargeRunOpensInTime(t *testing.T) {
	p := open(t, largeRun(1000, 5000))
	t.Logf("1,000 operations and 5,000 findings opened in %s", p.took)
	assert.Less(t, p.took, 3*time.Second)
	start := time.Now()
	p.do(chromedp.SetValue(chromedp.CSS(`[id$=-operations] [data-search]`), "operation99"))
	value[int](p, `document.querySelector("[id$=-operations] [data-search]").dispatchEvent(new Event("input")), 0`)
	assert.Equal(t, 11, value[int](p, shownOperations))
	t.Logf("searched in %s", time.Since(start))
	assert.Zero(t, p.outside.Load())
}

// TestPageIsAccessible asks axe-core, whose file $AXE_CORE names; CI installs it.
func TestPageIsAccessible(t *testing.T) {
	file := os.Getenv("AXE_CORE")
	if file == "" {
		t.Skip("AXE_CORE does not name axe.min.js of the npm package axe-core")
	}
	axe, err := os.ReadFile(file)
	require.NoError(t, err)
	runs := map[string]*finding.Run{"bad": badRun(), "compared": comparedRun(), "many": manyRun(), "good": goodRun(), "policies": policiesRun(), "diff": diffRun()}
	for name, run := range runs {
		for _, colours := range []string{"light", "dark"} {
			p := open(t, run)
			p.do(scheme(colours))
			value[int](p, string(axe)+"; 0")
			for _, width := range []int64{1200, 360} {
				p.do(chromedp.EmulateViewport(width, 900))
				for _, fault := range value[[]string](p, `axe.run().then(r => r.violations
					.map(v => v.id + ": " + v.help + ", " + v.nodes.length + " times, first " + v.nodes[0].html.slice(0, 200) + " " + v.nodes[0].failureSummary))`) {
					assert.Fail(t, fault, "%s %s %d", name, colours, width)
				}
				value[int](p, openAll)
			}
		}
	}
}

// atFocus describes what has the focus: where it is, whether its mark is seen
// whole, and whether the header covers it.
const atFocus = `(() => {
	const e = document.activeElement, box = e.getBoundingClientRect(), style = getComputedStyle(e);
	const edge = parseFloat(style.outlineOffset) + parseFloat(style.outlineWidth);
	let cut = false;
	for (let around = e.parentElement; around && around !== document.body; around = around.parentElement) {
		const outer = around.getBoundingClientRect();
		cut = cut || getComputedStyle(around).overflow !== "visible" && (box.top - edge < outer.top - 1 || box.bottom + edge > outer.bottom + 1);
	}
	const header = document.querySelector(".top"), fixed = header.contains(e) || e.className === "skip";
	return {Name: e.tagName + " " + (e.textContent || e.className).trim().slice(0, 40), In: !!e.closest("main"),
		Marked: style.outlineStyle === "solid" && !cut, Covered: !fixed && box.top < header.getBoundingClientRect().bottom, End: e === document.body};
})()`

func TestPageByKeyboard(t *testing.T) {
	for name, run := range map[string]*finding.Run{"bad": badRun(), "many": manyRun(), "policies": policiesRun()} {
		p := open(t, run)
		p.do(chromedp.EmulateViewport(1200, 900), chromedp.KeyEvent("\t"), chromedp.KeyEvent("\r"), chromedp.KeyEvent("\t"))
		assert.Equal(t, "#main", value[string](p, "location.hash"), "the first key leads to the report")
		assert.True(t, value[bool](p, atFocus+".In"), "and the next into it")

		p = open(t, run)
		p.do(chromedp.EmulateViewport(1200, 900))
		value[int](p, openAll)
		stops := 0
		for ; stops < 200; stops++ {
			p.do(chromedp.KeyEvent("\t"))
			at := value[struct {
				Name                 string
				Marked, Covered, End bool
			}](p, atFocus)
			if at.End {
				break
			}
			assert.True(t, at.Marked, "%s: the focus is seen at %s", name, at.Name)
			assert.False(t, at.Covered, "%s: the header covers %s", name, at.Name)
		}
		assert.Greater(t, stops, 5, name)
		assert.Zero(t, value[int](p, `Array.from(document.querySelectorAll("[tabindex]")).filter(e => e.tabIndex > 0).length`), "%s: the order is that of the page", name)
	}
}
