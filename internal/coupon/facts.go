package coupon

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/money"
)

// Facts are what a caller knows about an order, by name: text, whole numbers (int64),
// true and false. Conditions compare them.
type Facts map[string]any

// maxFacts is how many facts an order carries.
const maxFacts = 100

// UnmarshalJSON keeps whole numbers exact. What is none of the kinds stays as it came,
// for valid to refuse.
func (m *Facts) UnmarshalJSON(data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var raw map[string]any
	if err := d.Decode(&raw); err != nil {
		return err
	}
	for k, v := range raw {
		if v == nil { // null is the same as left out
			delete(raw, k)
		}
		if n, ok := v.(json.Number); ok {
			if whole, err := n.Int64(); err == nil {
				raw[k] = whole
			}
		}
	}
	*m = raw
	return nil
}

// valid refuses what conditions could not compare.
func (m Facts) valid(f fault.Fields, name string) {
	if len(m) > maxFacts {
		f[name] = fmt.Sprintf("At most %d entries.", maxFacts)
		return
	}
	for k, v := range m {
		at := name + "." + k
		wrongText(f, name, k, 100)
		switch v := v.(type) {
		case string:
			wrongText(f, at, v, 1000)
		case bool:
		case int64:
			if v > money.MaxMinor || v < -money.MaxMinor {
				f[at] = "The number is too large."
			}
		default:
			f[at] = "A value is text, a whole number, true or false."
		}
	}
}

// UnmarshalJSON keeps whole numbers exact.
func (r *Rule) UnmarshalJSON(data []byte) error {
	type plain Rule
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode((*plain)(r)); err != nil {
		return err
	}
	if n, ok := r.Value.(json.Number); ok {
		if whole, err := n.Int64(); err == nil {
			r.Value = whole
		}
	}
	return nil
}
