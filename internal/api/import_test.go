package api_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/scriphq/scrip/internal/coupon"
)

// upload sends a CSV file for a campaign.
func (w *world) upload(campaign, query, file string) reply {
	w.t.Helper()
	return w.send(ask{method: "POST", path: "/v1/campaigns/" + campaign + "/imports?" + query, body: file, header: map[string]string{"Content-Type": "text/csv; charset=utf-8"}})
}

func TestImport(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		c := w.campaign("gift", nil)
		file := "\ufeffCode;Amount;Remarks\r\n0012-ABC;5,50;'=SUM(A1)\r\n0034-ABC;;\r\n"
		made := w.upload(c, "description=Printed+by+others&file=codes.csv", file).is(201).
			has("pending", "state").has(2, "rows").has(0, "errors").has(nil, "batch").has("codes.csv", "file").has(len(file), "size")
		path := "/v1/imports/" + made.id()
		w.get(path).is(200).has(made.at())
		w.get(path+"/rows").is(200).has(2, "data", 0, "line").has(550, "data", 0, "amount").has(nil, "data", 1, "amount").has("=SUM(A1)", "data", 0, "remarks")
		w.get("/v1/imports?campaign="+c).is(200).has(made.id(), "data", 0, "id")
		w.post("/v1/redemptions", object{"code": "0012ABC", "money": sgd(1)}).fails(404, "not_found")
		confirmed := w.post(path+"/confirm", nil).is(200)
		batch := confirmed.at("batch").(string)
		if !w.app.AwaitBatch(ctx, coupon.BatchID(batch), 30e9) {
			t.Fatal("the import is not complete after 30 s")
		}
		w.post(path+"/confirm", object{}).is(200).has("confirmed", "state").has(batch, "batch")
		w.post(path+"/cancel", nil).fails(409, "conflict")
		w.post("/v1/redemptions", object{"code": "0012 abc", "money": sgd(550)}).is(201)
		if codes := w.codes(batch); strings.Join(codes, " ") != "0012-ABC 0034-ABC" {
			t.Errorf("exported %v", codes)
		}
		again := w.upload(c, "description=Again", file).is(201).has(made.id(), "earlier").has(2, "errors")
		w.get("/v1/imports/"+again.id()+"/rows?errors=true&limit=1").is(200).has(2, "data", 0, "line")
		w.post("/v1/imports/"+again.id()+"/confirm", object{"again": true}).fails(409, "import_errors")
		w.post("/v1/imports/"+again.id()+"/cancel", nil).is(200).has("cancelled", "state")
	})
}

func TestImportNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		c := w.campaign("gift", nil)
		w.upload(c, "", "code\nABCDEF").fails(422, "invalid", "description")
		w.upload(c, "description=X", "").fails(422, "invalid", "file")
		w.upload(c, "description=X", "colour\nred").fails(422, "invalid", "file")
		w.upload(c, "description=X&amount=0", "code\nABCDEF").fails(422, "invalid", "amount")
		w.upload(c, "description=X&amount=5&currency=EUR", "code\nABCDEF").fails(422, "invalid", "money")
		w.upload("cmp_none", "description=X", "code\nABCDEF").fails(404, "not_found")
		w.send(ask{method: "POST", path: "/v1/campaigns/" + c + "/imports?description=X", body: object{"code": "A"}}).fails(415, "unsupported_media_type")
		rows := w.upload(c, "description=X&amount=500", "code,amount\nABCDEF,1e3\n,5\nABCDEG,10.005\nABC-DEH,5\nabc deh,5\n").is(201).has(4, "errors").has(sgd(500), "money")
		page := w.get("/v1/imports/" + rows.id() + "/rows?errors=true").is(200)
		for i, line := range []int{2, 3, 4, 6} {
			page.has(line, "data", i, "line")
			if page.at("data", i, "reason") == nil {
				t.Errorf("line %d without a reason", line)
			}
		}
		for _, part := range []string{"", "/rows"} {
			w.get("/v1/imports/imp_none"+part).fails(404, "not_found")
		}
		w.post("/v1/imports/imp_none/confirm", nil).fails(404, "not_found")
		big := "code\n" + strings.Repeat(fmt.Sprintf("%s\n", strings.Repeat("A", 300_000)), 2)
		if r := w.upload(c, "description=X", big); r.status >= 500 {
			t.Errorf("a long line: %d %s", r.status, r.body)
		}
	})
}
