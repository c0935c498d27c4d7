// Package browser drives headless Chromium through journeys as a person
// would: by the words on the screen. A page that logs an error to the console
// or breaks its content security policy fails the test.
package browser

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/scriphq/scrip/internal/testenv"
)

// Browser is a Chromium process that lives as long as the test that started it.
type Browser struct {
	ctx context.Context
}

// Start starts the Chromium that testenv finds. It reaches this machine only,
// so a page that asks an outside host for anything fails.
func Start(t testing.TB) *Browser {
	t.Helper()
	path, err := testenv.Chromium()
	if err != nil {
		t.Fatal(err)
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(path),
		chromedp.NoSandbox, // as root there is none
		chromedp.DisableGPU,
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("lang", "en-US"),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1, EXCLUDE [::1]"),
	)
	ctx, cancelAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancelAllocator)
	// What chromedp would log are events newer than itself; failures are returned.
	ctx, cancel := chromedp.NewContext(ctx, chromedp.WithErrorf(func(string, ...any) {}))
	t.Cleanup(cancel)
	if err := begin(ctx, cancel); err != nil {
		t.Fatalf("starting %s: %v", path, err)
	}
	return &Browser{ctx: ctx}
}

// begin starts what ctx stands for. It lives as long as the context that
// started it, so the limit cannot be a shorter one.
func begin(ctx context.Context, cancel context.CancelFunc) error {
	limit := time.AfterFunc(2*time.Minute, cancel)
	defer limit.Stop()
	return chromedp.Do(ctx)
}

// Variant is a way to look at a page.
type Variant int

// The variants that every screen is looked at in.
const (
	Light Variant = iota // 1280 pixels wide
	Dark                 // the same, with prefers-color-scheme: dark
	Phone                // 390 pixels wide, light, touch
)

func (v Variant) String() string {
	return [...]string{"light", "dark", "phone"}[v]
}

func (v Variant) size() (width, height int64) {
	if v == Phone {
		return 390, 844
	}
	return 1280, 800
}

func (v Variant) screen(width, height int64) chromedp.Action[chromedp.Void] {
	if v == Phone {
		return chromedp.EmulateViewport(width, height, chromedp.EmulateMobile, chromedp.EmulateTouch, chromedp.EmulatePortrait)
	}
	return chromedp.EmulateViewport(width, height)
}

func (v Variant) scheme() string {
	if v == Dark {
		return "dark"
	}
	return "light"
}
