package api

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/scriphq/scrip/internal/fault"
)

func TestParseRefusesWhatTwoReadersReadDifferently(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, body, field string }{
		{"a name twice", `{"code":"A","code":"B"}`, "code"},
		{"a name twice, once escaped", `{"code":"A","\u0063ode":"B"}`, "code"},
		{"a name twice, further in", `{"money":{"amount":1,"amount":2}}`, "money.amount"},
		{"a name twice, in a list", `{"codes":["A",{"code":"B","code":"C"}]}`, "codes[1].code"},
		{"a strange name twice", `{"SECRET-1":1,"SECRET-1":2}`, "body"},
		{"a name like an index", `{"a":{"[SECRET":1,"[SECRET":2}}`, "a"},
		{"NUL, escaped", `{"reference":"a\u0000b"}`, "reference"},
		{"NUL, as it is", "{\"reference\":\"a\x00b\"}", "reference"},
		{"NUL in a name", `{"a\u0000":1}`, "body"},
		{"NUL in metadata", `{"metadata":{"colour":"\u0000"}}`, "metadata.colour"},
		{"broken UTF-8", "{\"reference\":\"\xff\"}", "reference"},
		{"half a surrogate pair", `{"reference":"\ud800"}`, "reference"},
		{"the other half", `{"reference":"\udc00x"}`, "reference"},
		{"a pair the wrong way round", `{"reference":"\udc00\ud800"}`, "reference"},
		{"a fraction", `{"money":{"amount":10.005}}`, "money.amount"},
		{"a whole number as a fraction", `{"money":{"amount":10.0}}`, "money.amount"},
		{"an exponent", `{"money":{"amount":1e3}}`, "money.amount"},
		{"above 2^53-1", `{"money":{"amount":9007199254740992}}`, "money.amount"},
		{"below -(2^53-1)", `{"money":{"amount":-9007199254740992}}`, "money.amount"},
		{"far above", `{"quantity":1` + strings.Repeat("0", 400) + `}`, "quantity"},
		{"not JSON", `{"code":}`, ""},
		{"half of it", `{"code":"A"`, ""},
		{"more behind it", `{} {}`, ""},
		{"nothing", ``, ""},
		{"a leading zero", `{"quantity":05}`, ""},
		{"a plus sign", `{"quantity":+5}`, ""},
		{"two numbers", `{"quantity":1-2}`, ""},
		{"a comma at the end", `{"a":1,}`, ""},
		{"a line break in text", "{\"a\":\"x\ny\"}", ""},
		{"an unknown escape", `{"a":"\x41"}`, ""},
		{"a short escape", `{"a":"\u12"}`, ""},
		{"single quotes", `{'a':1}`, ""},
		{"NaN", `{"a":NaN}`, ""},
		{"33 levels", strings.Repeat("[", 33) + strings.Repeat("]", 33), ""},
	} {
		_, err := parse([]byte(c.body))
		if err == nil {
			t.Errorf("%s: accepted", c.name)
			continue
		}
		e := fault.Of(err)
		if c.field == "" {
			if e.Code != "malformed" {
				t.Errorf("%s: %v, want malformed", c.name, err)
			}
			continue
		}
		if got := slices.Collect(maps.Keys(e.Fields)); len(got) != 1 || got[0] != c.field {
			t.Errorf("%s: fields %v, want %s", c.name, got, c.field)
		}
		if strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%s: %v says what was sent", c.name, err)
		}
	}
}

func TestParseReads(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{}`, `[]`, `null`, `true`, `"x"`, `0`, `-1`, ` { "a" : [ 1 , -9007199254740991 , 9007199254740991 ] } `,
		`{"a":"é \u00e9 \ud83d\ude00 \"\\\/\b\f\n\r\t"}`, strings.Repeat("[", 32) + strings.Repeat("]", 32),
	} {
		if _, err := parse([]byte(body)); err != nil {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// FuzzParse holds parse to encoding/json: what parse takes, that reads too, and the
// same way.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{`{"a":[1,"b",true,null,{}]}`, `"\ud83d\ude00"`, `[1e3]`, `{"a":1,"a":2}`, `-0`, "\"\xff\"", `"\u0000"`, ` [ ] `} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := parse(data)
		if err != nil {
			return
		}
		dec := json.NewDecoder(strings.NewReader(string(data)))
		dec.UseNumber()
		var want any
		if err := dec.Decode(&want); err != nil || dec.Decode(&struct{}{}) == nil {
			t.Fatalf("%q: parse takes it, encoding/json says %v", data, err)
		}
		a, errA := json.Marshal(got)
		b, errB := json.Marshal(want)
		if err := errors.Join(errA, errB); err != nil {
			t.Fatal(err)
		}
		if string(a) != strings.ReplaceAll(string(b), "-0", "0") && string(a) != string(b) {
			t.Fatalf("%q: parse reads %s, encoding/json %s", data, a, b)
		}
	})
}
