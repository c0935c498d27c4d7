package admin

import (
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/ui"
)

const (
	columnsPath   = "/admin/columns"
	columnsCookie = "columns-" // with the name of the table
	columnsLife   = 365 * 24 * time.Hour
)

// columnTables are the tables whose columns can be chosen.
func columnTables() []string { return []string{"refill", "vouchers", "customer"} }

// columns leaves out the columns of a table that this browser does not want, and returns the
// choice. What names a row, its status and its menu always stay. Back is the list.
func (v *visit) columns(name, back string, t *ui.Table) ui.Columns {
	out := ui.Columns{Action: columnsPath, Fields: []ui.Pair{pair("table", name), pair("back", back)}}
	hidden := strings.Split(v.Cookies.Value(v.r, columnsCookie+name), ".")
	var keep []int
	for i, c := range t.Columns {
		if c.Lead || c.Badge || c.Acts {
			keep = append(keep, i)
			continue
		}
		slug := fileName(c.Label)
		out.Options = append(out.Options, ui.Option{Value: slug, Label: c.Label})
		out.Fields = append(out.Fields, pair("all", slug))
		if !slices.Contains(hidden, slug) {
			keep, out.Shown = append(keep, i), append(out.Shown, slug)
		}
	}
	t.Columns = pick(t.Columns, keep)
	for i := range t.Rows {
		t.Rows[i].Cells = pick[templ.Component](t.Rows[i].Cells, keep)
	}
	return out
}

func pick[T any](list []T, places []int) []T {
	out := make([]T, 0, len(places))
	for _, i := range places {
		out = append(out, list[i])
	}
	return out
}

// columnsSave remembers in this browser which columns a table leaves out.
func (v *visit) columnsSave() error {
	f, err := httpx.ReadForm(v.r)
	if err != nil {
		return err
	}
	name := f.Text("table")
	if !slices.Contains(columnTables(), name) {
		return errNoPage
	}
	shown := f.List("column")
	var hidden []string
	for _, c := range f.List("all") {
		if c == fileName(c) && !slices.Contains(shown, c) && len(hidden) < 40 {
			hidden = append(hidden, c)
		}
	}
	v.Cookies.Set(v.w, v.r, httpx.Cookie{Name: columnsCookie + name, Value: strings.Join(hidden, "."), For: columnsLife})
	return httpx.SeeOther(v.w, httpx.LocalPath(f.Text("back"), "/admin/"))
}
