package browser

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/chromedp/chromedp"
)

// Picture keeps the whole page, as it is looked at now, in
// test/screenshots/<journey>/<step>-<variant>.png.
func (p *Page) Picture(step string) {
	p.t.Helper()
	if err := p.picture(step, p.Patience); err != nil {
		p.t.Fatalf("picture %s: %v", step, err)
	}
}

// Pictures keeps the page in every variant, then looks at it as before.
func (p *Page) Pictures(step string) {
	p.t.Helper()
	before := p.variant
	for _, v := range []Variant{Light, Dark, Phone} {
		p.Look(v)
		p.Picture(step)
	}
	p.Look(before)
}

// length is how high the page is; what stands in front of it belongs to the screen.
const length = "document.querySelector(':modal, :popover-open') ? 0 : document.documentElement.scrollHeight"

// picture makes the screen as high as the page, so that what sticks to an
// edge of the screen is at the edge of the picture.
func (p *Page) picture(step string, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(p.ctx, limit)
	defer cancel()
	width, usual := p.variant.size()
	height, err := chromedp.Run(ctx, chromedp.Evaluate[int64](length))
	if err != nil {
		return err
	}
	if err := chromedp.Do(ctx, p.variant.screen(width, max(height, usual))); err != nil {
		return err
	}
	image, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		return err
	}
	if err := chromedp.Do(ctx, p.variant.screen(width, usual)); err != nil {
		return err
	}
	path, err := p.picturePath(step)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, image, 0o644)
}

func (p *Page) picturePath(step string) (string, error) {
	root, err := moduleRoot()
	if err != nil {
		return "", err
	}
	name := fmt.Sprintf("%s-%s.png", fileName(step), p.variant)
	return filepath.Join(root, "test", "screenshots", fileName(p.journey), name), nil
}

func fileName(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>| `, r) {
			return '-'
		}
		return r
	}, s)
}

func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", fmt.Errorf("no go.mod above the working folder")
		}
		dir = parent
	}
}
