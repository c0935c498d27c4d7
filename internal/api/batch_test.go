package api_test

import (
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"github.com/scriphq/scrip/internal/coupon"
)

func TestSmallBatchIsThereAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		c := w.refills()
		made := w.post("/v1/campaigns/"+c+"/batches", object{"description": "TESTING", "prefix": "12", "quantity": 5, "money": sgd(1000)}).is(201)
		made.has("active", "state").has(object{"done": 5, "total": 5}, "progress").has(sgd(1000), "money").has("12", "prefix")
		w.get("/v1/batches/"+made.id()).is(200).has("active", "state").has(5, "figures", "open").has(5000, "figures", "outstanding").has(0, "figures", "used")
		page := w.get("/v1/batches/"+made.id()+"/vouchers?limit=2").is(200).has("TESTING-000005", "data", 0, "serial")
		rest := w.get("/v1/batches/" + made.id() + "/vouchers?after=" + page.at("next").(string)).is(200)
		if n := len(rest.at("data").([]any)); n != 3 {
			t.Errorf("%d vouchers on the second page, want 3", n)
		}
		v := page.at("data", 0).(object)
		if v["status"] != "active" || v["code"] != nil || !strings.HasPrefix(v["prefix"].(string), "12") || v["kind"] != "refill" {
			t.Errorf("a voucher of the batch: %v", v)
		}
		w.get("/v1/batches?campaign="+c+"&state=active&search=TEST").is(200).has(made.id(), "data", 0, "id")
		w.get("/v1/batches/bat_none").fails(404, "not_found")
		w.get("/v1/batches/bat_none/vouchers").fails(404, "not_found")
	})
}

func TestLargeBatchIsMadeLater(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		body := object{"description": "BIG", "prefix": "77", "quantity": 1500, "money": sgd(1000)}
		a := ask{method: "POST", path: "/v1/campaigns/" + w.refills() + "/batches", body: body, once: "big"}
		made := w.send(a).is(202).has("creating", "state").has(object{"done": 0, "total": 1500}, "progress")
		if !w.app.AwaitBatch(ctx, coupon.BatchID(made.id()), 30e9) {
			t.Fatal("the batch is not complete after 30 s")
		}
		w.get("/v1/batches/"+made.id()).is(200).has("active", "state").has(1500, "progress", "done")
		if again := w.send(a).is(202); string(again.body) != string(made.body) {
			t.Errorf("first %s, again %s", made.body, again.body)
		}
	})
}

// F9: a quantity that is none is refused, by name; so is whatever else is wrong.
func TestBatchNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		path := "/v1/campaigns/" + w.refills() + "/batches"
		with := func(field string, v any) object {
			b := object{"description": "TESTING", "prefix": "12", "quantity": 5, "money": sgd(1000)}
			b[field] = v
			return b
		}
		for _, c := range []struct {
			name  string
			body  object
			field string
		}{
			{"letters before digits", with("prefix", "AB"), "prefix"},
			{"quantity 0", with("quantity", 0), "quantity"},
			{"quantity -1", with("quantity", -1), "quantity"},
			{"quantity 10^9", with("quantity", 1_000_000_000), "quantity"},
			{"quantity in words", with("quantity", "five"), "quantity"},
			{"quantity as text", with("quantity", "5"), "quantity"},
			{"half a voucher", with("quantity", 1.5), "quantity"},
			{"amount 0", with("money", sgd(0)), "money"},
			{"amount -1", with("money", sgd(-1)), "money"},
			{"amount 10.005", with("money", object{"amount": 10.005, "currency": "SGD"}), "money.amount"},
			{"no currency", with("money", object{"amount": 1000}), "money.currency"},
			{"no such currency", with("money", object{"amount": 1000, "currency": "sgd"}), "money"},
			{"no amount at all", with("money", nil), "money"},
			{"too much for one voucher", with("money", sgd(1_000_000_000_001)), "money"},
			{"too much together", object{"description": "X", "quantity": 10_000_000, "money": sgd(1_000_000_000)}, "money"},
			{"no description", with("description", ""), "description"},
			{"a long description", with("description", strings.Repeat("x", 300)), "description"},
			{"NUL in the description", with("description", "a\x00b"), "description"},
			{"expired already", with("expires_at", "2026-11-21T04:00:00Z"), "expires_at"},
			{"an unknown field", with("amount", 10), "amount"},
		} {
			t.Log(c.name)
			w.post(path, c.body).fails(422, "invalid", c.field)
		}
		w.post("/v1/campaigns/cmp_none/batches", with("quantity", 5)).fails(404, "not_found")
		full := with("prefix", strings.Repeat("1", 32))
		full["quantity"] = 10_000_000
		if r := w.post(path, full); r.status == 500 {
			t.Errorf("a long prefix: %s", r.body)
		}
	})
}

func TestBatchIsFrozen(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		b := w.batch(w.refills(), 2)
		codes := w.codes(b)
		use := object{"code": codes[0], "customer": object{"source_id": "acct-1"}}
		w.post("/v1/batches/"+b+"/unfreeze", nil).fails(409, "conflict")
		w.post("/v1/batches/"+b+"/freeze", object{"reason": "Stolen box"}).is(200).has("frozen", "state")
		w.post("/v1/redemptions", use).fails(409, "frozen").has("frozen", "vouchers", 0, "reason")
		w.get("/v1/batches/"+b+"/vouchers").has("frozen", "data", 0, "status").has("active", "data", 0, "state")
		w.post("/v1/batches/"+b+"/unfreeze", object{}).is(200).has("active", "state")
		w.post("/v1/redemptions", use).is(201)
	})
}

// codes exports a batch and returns its codes.
func (w *world) codes(batch string) []string {
	w.t.Helper()
	rows, err := csv.NewReader(strings.NewReader(string(w.post("/v1/batches/"+batch+"/export", object{}).is(200).body))).ReadAll()
	if err != nil {
		w.t.Fatal(err)
	}
	var codes []string
	for _, row := range rows[1:] {
		codes = append(codes, row[1])
	}
	return codes
}

func TestExport(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		c := w.refills()
		b := w.post("/v1/campaigns/"+c+"/batches", object{"description": `=SUM(A1), "quoted"`, "prefix": "00", "quantity": 3, "money": sgd(1005), "expires_at": "2027-01-01T00:00:00Z"}).is(201).id()
		r := w.post("/v1/batches/"+b+"/export", nil).is(200)
		if kind := r.header.Get("Content-Type"); kind != "text/csv; charset=utf-8" || !strings.Contains(r.header.Get("Content-Disposition"), b+".csv") {
			t.Errorf("headers %v", r.header)
		}
		rows, err := csv.NewReader(strings.NewReader(string(r.body))).ReadAll()
		if err != nil || len(rows) != 4 {
			t.Fatalf("%v: %d rows", err, len(rows))
		}
		if head := strings.Join(rows[0], ","); head != "serial,code,voucher,description,amount,currency,state,expires_at" {
			t.Errorf("head %s", head)
		}
		for i, row := range rows[1:] {
			if row[0] != fmt.Sprintf("SUMA1QUOTED-%06d", i+1) || row[3] != `'=SUM(A1), "quoted"` || row[4] != "10.05" || row[5] != "SGD" || row[6] != "active" || row[7] != "2027-01-01T00:00:00Z" {
				t.Errorf("row %v", row)
			}
			if !strings.HasPrefix(row[1], "00") {
				t.Errorf("code %s lost its leading zeros", row[1])
			}
			w.post("/v1/vouchers/lookup", object{"code": row[1]}).is(200).has(row[2], "id")
		}
		w.publish()
		w.get("/v1/events?type=batch.exported").is(200).has(b, "data", 0, "subject").has(3, "data", 0, "data", "vouchers")
		w.post("/v1/batches/bat_none/export", nil).fails(404, "not_found")
		w.post("/v1/batches/"+b+"/export", object{"codes": true}).fails(422, "invalid", "codes")
		w.send(ask{method: "POST", path: "/v1/batches/" + b + "/export", key: w.key("campaigns:read", "vouchers:read", "vouchers:reveal")}).fails(403, "forbidden")
	})
}
