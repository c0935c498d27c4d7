package ui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
)

//go:embed static
var static embed.FS

// StaticPrefix is where Static is to be mounted.
const StaticPrefix = "/static/"

// Asset returns the address of a static file, such as "css/admin.css". The address changes
// with the content of the files, so browsers may keep what they got for ever.
func Asset(name string) string { return StaticPrefix + version + "/" + name }

// hashOf returns the version that names the embedded files' content.
func hashOf(files fs.FS) (string, error) {
	h := sha256.New()
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := fs.ReadFile(files, name)
		fmt.Fprintf(h, "%s %d\n", name, len(body))
		h.Write(body)
		return err
	})
	return hex.EncodeToString(h.Sum(nil))[:12], err
}

// bundles lists the style sheets that are served, and the files they consist of, in order.
func bundles() map[string][]string {
	return map[string][]string{
		"css/admin.css":  {"tokens", "base", "layout", "parts", "table", "form", "data", "pages", "maker", "print"},
		"css/portal.css": {"tokens", "base", "parts", "form", "data", "portal", "print"},
	}
}

type asset struct {
	body, zipped []byte
	kind         string
}

// Static returns the handler of the embedded files under StaticPrefix: compressed where the
// browser takes it, and to be kept for ever under the current version's address.
func Static() (http.Handler, error) {
	assets, err := loadAssets()
	if err != nil {
		return nil, err
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, StaticPrefix), "/")
		a, ok := assets[name]
		if !ok {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", a.kind)
		h.Set("Cache-Control", "no-cache") // another version's page: right now, but not for ever
		if v == version {
			h.Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		h.Set("Vary", "Accept-Encoding")
		body := a.body
		if a.zipped != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			h.Set("Content-Encoding", "gzip")
			body = a.zipped
		}
		h.Set("Content-Length", strconv.Itoa(len(body)))
		if r.Method != http.MethodHead {
			_, _ = w.Write(body) // fails only when the client has left
		}
	}), nil
}

func loadAssets() (map[string]asset, error) {
	out := map[string]asset{}
	err := fs.WalkDir(static, "static", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) == ".css" {
			return err
		}
		body, err := static.ReadFile(name)
		if err != nil {
			return err
		}
		out[strings.TrimPrefix(name, "static/")], err = newAsset(name, body)
		return err
	})
	if err != nil {
		return nil, err
	}
	for name, parts := range bundles() {
		var all bytes.Buffer
		for _, p := range parts {
			body, err := static.ReadFile("static/css/" + p + ".css")
			if err != nil {
				return nil, err
			}
			all.Write(body)
		}
		if out[name], err = newAsset(name, squeeze(all.Bytes())); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// squeeze drops comments and indentation from a style sheet.
func squeeze(css []byte) []byte {
	var out bytes.Buffer
	for {
		before, rest, found := bytes.Cut(css, []byte("/*"))
		out.Write(before)
		if !found {
			break
		}
		_, css, _ = bytes.Cut(rest, []byte("*/"))
	}
	var lines [][]byte
	for line := range bytes.Lines(out.Bytes()) {
		if line = bytes.TrimSpace(line); len(line) > 0 {
			lines = append(lines, line)
		}
	}
	return bytes.Join(lines, []byte("\n"))
}

func newAsset(name string, body []byte) (asset, error) {
	a := asset{body: body}
	switch path.Ext(name) {
	case ".css":
		a.kind = "text/css; charset=utf-8"
	case ".js":
		a.kind = "text/javascript; charset=utf-8"
	case ".svg":
		a.kind = "image/svg+xml"
	case ".png":
		a.kind = "image/png"
		return a, nil
	default:
		return a, fmt.Errorf("static file %s: unknown kind", name)
	}
	var buf bytes.Buffer
	z, err := gzip.NewWriterLevel(&buf, gzip.BestCompression)
	if err != nil {
		return a, err
	}
	if _, err := z.Write(body); err != nil {
		return a, err
	}
	if err := z.Close(); err != nil {
		return a, err
	}
	a.zipped = buf.Bytes()
	return a, nil
}
