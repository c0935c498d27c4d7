package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// line is one figure against what is wanted of it.
type line struct {
	name      string
	ratio     float64
	must, aim float64
	least     bool   // the ratio must be at least must; else at most
	note      string // absolute figures, for orientation
}

func (l line) verdict() string {
	if l.least == (l.ratio >= l.must) || l.ratio == l.must {
		return "ok"
	}
	return "short"
}

// report collects the lines of a run.
type report struct {
	begun time.Time
	lines []line
	notes []string
}

func newReport() *report {
	fmt.Printf("%-58s %8s %8s %8s %s\n", "name", "ratio", "must", "aim", "verdict")
	return &report{begun: time.Now()}
}

// add prints a line and keeps it.
func (r *report) add(l line) {
	fmt.Printf("%-58s %8.3g %8.3g %8.3g %-5s   %s\n", l.name, l.ratio, l.must, l.aim, l.verdict(), l.note)
	r.lines = append(r.lines, l)
}

// say prints a sentence beside the figures and keeps it.
func (r *report) say(note string) {
	fmt.Println(note)
	r.notes = append(r.notes, note)
}

// write writes the results with machine and date.
func (r *report) write(path string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# Results of %s\n\n", r.begun.UTC().Format("2006-01-02 15:04 MST"))
	fmt.Fprintf(&b, "%s, %d cores, %s. %s long. Ratios of sides that took turns, medians.\n\n", machine(), runtime.NumCPU(), runtime.Version(), time.Since(r.begun).Round(time.Second))
	b.WriteString("| measure | ratio | must | aim | verdict | in figures |\n| --- | --- | --- | --- | --- | --- |\n")
	for _, l := range r.lines {
		sign := "≤"
		if l.least {
			sign = "≥"
		}
		fmt.Fprintf(&b, "| %s | %.3g | %s %.3g | %.3g | %s | %s |\n", l.name, l.ratio, sign, l.must, l.aim, l.verdict(), l.note)
	}
	for _, note := range r.notes {
		b.WriteString("\n" + note + "\n")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(b.String()), 0o644)
}

// machine names the processor.
func machine() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	for row := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(row, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}

// turns has two sides take turns and returns the median of their ratios, and of
// each side.
func turns(rounds int, ours, theirs func() (float64, error)) (ratio, us, them float64, err error) {
	var ratios, a, b []float64
	for i := range rounds {
		sides := []func() error{
			func() error { v, err := ours(); a = append(a, v); return err },
			func() error { v, err := theirs(); b = append(b, v); return err },
		}
		if i%2 == 1 {
			slices.Reverse(sides)
		}
		for _, side := range sides {
			if err := side(); err != nil {
				return 0, 0, 0, err
			}
		}
		ratios = append(ratios, a[i]/b[i])
	}
	return median(ratios), median(a), median(b), nil
}

func median(list []float64) float64 { return quantile(list, 0.5) }

// quantile returns the value below which the share q of the list lies.
func quantile(list []float64, q float64) float64 {
	sorted := slices.Sorted(slices.Values(list))
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}
