package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/testenv"
)

// The slow way to read a body, which decoders are held to: as a tree, which is checked
// against the schema by huma, and then once more by encoding/json.
func (in *input) slowly(raw []byte, v reflect.Value) error {
	tree, err := parse(raw)
	if err != nil {
		return err
	}
	if err := in.check("body", in.body, tree); err != nil {
		return err
	}
	return json.Unmarshal(raw, v.FieldByIndex(in.bodyAt).Addr().Interface())
}

// UnmarshalJSON reads "cus_…" or {"source_id": "…"}.
func (c *customerRef) UnmarshalJSON(data []byte) error {
	if data[0] == '{' {
		return json.Unmarshal(data, &c.sourceID)
	}
	return json.Unmarshal(data, &c.ID)
}

// UnmarshalJSON reads "CODE" or {"code": "CODE", "amount": 700}.
func (c *codeItem) UnmarshalJSON(data []byte) error {
	if data[0] == '{' {
		return json.Unmarshal(data, &c.partOfCode)
	}
	return json.Unmarshal(data, &c.Code)
}

// bodies are inputs with a good body each.
var bodies = []struct {
	of   reflect.Type
	good string
}{
	{reflect.TypeFor[struct{ Body newRedemption }](), `{"code":"SAVE-1","money":{"amount":1000,"currency":"SGD"},"customer":"cus_1","location":"loc_1","reference":"R-1","transaction":{"type":"top_up","reference":"T"},"client":"203.0.113.7"}`},
	{reflect.TypeFor[struct{ Body newHold }](), `{"codes":["A",{"code":"B","amount":700}],"seconds":60,"customer":{"source_id":"acct-1"},"apply":"possible","order":{"reference":"A-1","currency":"USD","shipping":500,"channel":"web","first":true,
		"metadata":{"tier":"gold","n":9007199254740991,"yes":true,"none":null,"list":[1,"é"]},"lines":[{"id":"l1","product":"p1","sku":"p1-red","collections":["shoes","summer"],"quantity":3,"unit_price":1395},{"id":"l2","quantity":1,"unit_price":0,"currency":"USD","discounted":true}]}}`},
	{reflect.TypeFor[struct{ Body newExplanation }](), `{"voucher":"vch_1","at":"2026-12-31T15:59:59.5+08:00","order":null}`},
	{reflect.TypeFor[struct{ Body newQualification }](), `{"customer":"cus_1","order":{"currency":"USD","lines":[{"id":"l1","quantity":1,"unit_price":5}]}}`},
	{reflect.TypeFor[struct{ Body newCampaign }](), `{"kind":"discount","name":"X","value":{"type":"percent","basis_points":1000,"max":{"amount":1,"currency":"USD"},"applies_to":{"scope":"lines","products":["a"],"quantity":2}},
		"conditions":{"windows":[{"days":["mon"],"from":"09:00"}],"rule":{"all":[{"fact":"metadata.x","op":"eq","value":1}],"not":{"fact":"order.channel","op":"in","value":["a","b"]}}},
		"limits":{"per_voucher":1,"budget":null},"validity":{"expires_at":"2026-12-31T15:59:59Z","starts_after_days":3},"stacking":{"combines_with":[],"priority":-5},"metadata":{"a":"b"}}`},
	{reflect.TypeFor[struct{ Body customerChange }](), `{"source_id":"a","name":null,"groups":["gold"],"consent":{"email":true},"metadata":{"x":"y"},"state":"active"}`},
	{reflect.TypeFor[struct{ Body webhookChange }](), `{"url":"https://shop.example","types":["voucher.redeemed"]}`},
	{reflect.TypeFor[struct{ Body newCheckoutReversal }](), `{"reason":"back","lines":[{"id":"l1","quantity":1}]}`},
}

func inputs() []*input {
	strict()
	r := huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)
	var list []*input
	for _, b := range bodies {
		list = append(list, inputOf(r, b.of))
	}
	return list
}

// compare reads a body in both ways, and says whether it is good.
func compare(t *testing.T, in *input, of reflect.Type, raw []byte) bool {
	t.Helper()
	got, want := reflect.New(of), reflect.New(of)
	errGot, errWant := in.fillBody(raw, got.Elem()), error(fault.Field("body", needed))
	if len(raw) > 0 {
		errWant = in.slowly(raw, want.Elem())
	}
	if (errGot == nil) != (errWant == nil) {
		t.Fatalf("%s: %v, slowly %v", raw, errGot, errWant)
	}
	if errGot == nil {
		if !reflect.DeepEqual(got.Interface(), want.Interface()) {
			t.Fatalf("%s: %+v, slowly %+v", raw, got, want)
		}
		return true
	}
	f, g := fault.Of(errGot), fault.Of(errWant)
	if g.Kind == fault.Internal || len(f.Fields) == maxFindings || odd(raw) { // a time that only encoding/json refuses; names that huma reads as paths
		return false
	}
	if f.Code != g.Code || !slices.Equal(slices.Sorted(maps.Keys(f.Fields)), slices.Sorted(maps.Keys(g.Fields))) {
		t.Fatalf("%s: %v, slowly %v", raw, f.Fields, g.Fields)
	}
	return false
}

// odd reports whether a name has what separates the steps of a path.
func odd(raw []byte) bool {
	for part := range strings.SplitSeq(string(raw), `"`) {
		if strings.ContainsAny(part, `.[\`) && strings.Trim(part, " ,:[]{}\t\r\n0123456789-+.eE") != "" {
			return true
		}
	}
	return strings.Contains(string(raw), `""`)
}

func TestGoodBodiesAreReadAsSlowly(t *testing.T) {
	t.Parallel()
	list := inputs()
	for i, b := range bodies {
		if !compare(t, list[i], b.of, []byte(b.good)) {
			t.Errorf("%s is refused", b.good)
		}
	}
}

// Bodies that are changed at random are taken, refused and understood alike, and it is the
// same fields that are wrong.
func TestRandomBodiesAreReadAsSlowly(t *testing.T) {
	t.Parallel()
	list := inputs()
	rnd := rand.New(rand.NewPCG(1, 2))
	good, all := 0, testenv.Count(20_000, 2_000_000)
	for range all {
		i := rnd.IntN(len(list))
		var tree any
		if err := json.Unmarshal([]byte(bodies[i].good), &tree); err != nil {
			t.Fatal(err)
		}
		for range 1 + rnd.IntN(3) {
			tree = changed(rnd, tree)
		}
		raw, err := json.Marshal(tree)
		if err != nil {
			t.Fatal(err)
		}
		if compare(t, list[i], bodies[i].of, raw) {
			good++
		}
	}
	if good < all/10 || good > all*9/10 {
		t.Errorf("%d of %d are good: that proves little", good, all)
	}
}

// changed puts something else somewhere into a tree.
func changed(rnd *rand.Rand, v any) any {
	switch v := v.(type) {
	case map[string]any:
		if len(v) > 0 && rnd.IntN(8) > 0 {
			names := slices.Sorted(maps.Keys(v))
			name := names[rnd.IntN(len(names))]
			if rnd.IntN(8) == 0 {
				delete(v, name)
			} else {
				v[name] = changed(rnd, v[name])
			}
			return v
		}
		if rnd.IntN(2) == 0 {
			v[[]string{"stranger", "SECRET", "Code", "id", "amount", "customer"}[rnd.IntN(6)]] = other(rnd)
			return v
		}
	case []any:
		if len(v) > 0 && rnd.IntN(5) > 0 {
			i := rnd.IntN(len(v))
			v[i] = changed(rnd, v[i])
			return v
		}
		if rnd.IntN(2) == 0 {
			return append(v, other(rnd))
		}
	}
	return other(rnd)
}

func other(rnd *rand.Rand) any {
	return []any{
		nil, true, false, 0, 1, -1, 1_000_001, 9007199254740991, 9007199254740992, 1.5, "", "x", "USD", "gold", "lines", "\x00", "é\u2028<&>", "2026-12-31T15:59:59Z", "2026-02-30T00:00:00Z",
		strings.Repeat("ü", 200), strings.Repeat("ü", 201), strings.Repeat("y", 513), []any{}, []any{"a", nil}, map[string]any{}, map[string]any{"code": "C"}, map[string]any{"source_id": "s"},
		map[string]any{"amount": 5, "currency": "SGD"}, make([]any, 31),
	}[rnd.IntN(29)]
}

func FuzzDecode(f *testing.F) {
	list := inputs()
	for i, b := range bodies {
		f.Add(i, []byte(b.good))
	}
	for _, seed := range []string{`null`, `[]`, `{"code":"A","code":"B"}`, `{"code":5,"code"`, `{"\u0063ode":"A"}`, `{"money":{"amount":-0,"currency":"X"}}`, `{"codes":[null]}`, `{"":1}`, `{} {}`, `{"customer":{"source_id":5}}`} {
		f.Add(0, []byte(seed))
	}
	f.Fuzz(func(t *testing.T, i int, raw []byte) {
		n := int(uint(i) % uint(len(list)))
		compare(t, list[n], bodies[n].of, raw)
	})
}

// What is said of a field is what huma says of it.
func TestFindingsSayWhatTheSlowWaySays(t *testing.T) {
	t.Parallel()
	list := inputs()
	for i, body := range map[int][]string{
		0: {`{"code":""}`, `{"code":5}`, `{"money":{"amount":"1"}}`, `{"transaction":{"type":"gift"}}`, `{"customer":{}}`, `{"customer":7}`, `{"Code":"A"}`, `{"money":[]}`, `5`, `{"codes":[]}`, `{"codes":"A"}`},
		1: {`{"seconds":0}`, `{"seconds":901}`, `{}`, `{"order":{"lines":[{"quantity":true,"discounted":1}]}}`, `{"order":{"metadata":5}}`, fmt.Sprintf(`{"reference":%q}`, strings.Repeat("x", 201))},
		2: {`{"at":"yesterday"}`, `{"at":5}`}, 4: {`{"metadata":{"a":1},"conditions":{"rule":5}}`}, 5: {`{"consent":{"email":1}}`, `{"consent":{` + strings.TrimSuffix(strings.Repeat(`"a%d":true,`, 1), ",") + `}}`},
	} {
		for _, raw := range body {
			a, b := list[i].fillBody([]byte(raw), reflect.New(bodies[i].of).Elem()), list[i].slowly([]byte(raw), reflect.New(bodies[i].of).Elem())
			if (a == nil) != (b == nil) || a != nil && !maps.Equal(fault.Of(a).Fields, fault.Of(b).Fields) {
				t.Errorf("%s: %v, slowly %v", raw, a, b)
			}
		}
	}
}

// A body that is wrong everywhere is answered shortly.
func TestFindingsAreBounded(t *testing.T) {
	t.Parallel()
	raw := `{"codes":["A"],"order":{"currency":"USD","lines":[` + strings.Repeat("0,", 9_999) + `0]}}`
	err := inputs()[0].fillBody([]byte(raw), reflect.New(bodies[0].of).Elem())
	if n := len(fault.Of(err).Fields); n != maxFindings {
		t.Errorf("%d fields", n)
	}
}

func BenchmarkReadingARedemption(b *testing.B) {
	in, raw := inputs()[0], []byte(bodies[0].good)
	for name, read := range map[string]func([]byte, reflect.Value) error{"once": in.fillBody, "slowly": in.slowly} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				if err := read(raw, reflect.New(bodies[0].of).Elem()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
