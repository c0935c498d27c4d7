package admin_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/store/storetest"
	"github.com/scriphq/scrip/internal/ui"
)

// A batch that is being made tells its page how far it is, until it is done.
func TestLiveProgress(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, dbURL string) {
		d := filled(t, dbURL)
		b := must[coupon.Batch](t)(d.app.CreateRefill(t.Context(), d.as(coupon.Admin), app.RefillInput{Description: "Many", Prefix: "78", Quantity: "300", Amount: "1"}))
		path := "/admin/batches/" + string(b.ID)
		d.get(coupon.Admin, path).has(`data-progress-stream="`+path+`/live"`, "Refresh").shows("0 of 300")
		d.get(coupon.Cashier, path+"/live").is(http.StatusForbidden)
		srv := httptest.NewServer(d.site)
		t.Cleanup(srv.Close)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		r := must[*http.Request](t)(http.NewRequestWithContext(ctx, "GET", srv.URL+path+"/live", nil))
		r.AddCookie(&http.Cookie{Name: "session", Value: d.sign(coupon.Admin)})
		reply := must[*http.Response](t)(http.DefaultClient.Do(r))
		defer reply.Body.Close()
		if kind := reply.Header.Get("Content-Type"); kind != "text/event-stream" {
			t.Fatalf("the stream is %s", kind)
		}
		var last ui.ProgressUpdate
		lines, n := bufio.NewScanner(reply.Body), 0
		for lines.Scan() {
			data, is := strings.CutPrefix(lines.Text(), "data: ")
			if !is {
				continue
			}
			ok(t, json.Unmarshal([]byte(data), &last))
			if n++; n == 1 {
				if last.Finished || last.Done != 0 || last.Total != 300 {
					t.Fatalf("it begins with %+v", last)
				}
				d.work()
			}
		}
		if !last.Finished || last.Done != 300 {
			t.Errorf("it ends with %+v after %d", last, n)
		}
	})
}

// The dashboard's liability is that of the books, campaign by campaign.
func TestLiabilityByCampaign(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.issue()
	d.get(coupon.Finance, "/admin/").shows("Liability by campaign", "Refill coupons 43 vouchers SGD 1,030.00", "Barista set 1 voucher SGD 10.00", "Open vouchers SGD 1,040.00", "Balances SGD 20.00", "Together SGD 1,060.00")
}
