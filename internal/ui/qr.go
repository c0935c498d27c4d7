package ui

import (
	"fmt"
	"strings"
)

// QRPath returns the path of a QR code's dark modules for QR, one rectangle per run, with the
// quiet zone of four modules that scanners need: QR.Size is then size + 8.
func QRPath(size int, dark func(x, y int) bool) string {
	var d strings.Builder
	for y := range size {
		for x := 0; x < size; x++ {
			n := 0
			for x+n < size && dark(x+n, y) {
				n++
			}
			if n > 0 {
				fmt.Fprintf(&d, "M%d %dh%dv1h-%dz", x+4, y+4, n, n)
				x += n
			}
		}
	}
	return d.String()
}
