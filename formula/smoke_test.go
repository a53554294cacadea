package formula
import ("testing";"fmt")
func TestSmoke(t *testing.T){
 p,err:=Parse("adam",`
	hyper lr = 0.001, beta1 = 0.9 [0,1), beta2 = 0.999, eps = 1e-8, wd = 0
	state m, v

	g = g + wd*w
	m = beta1*m + (1-beta1)*g
	v = beta2*v + (1-beta2)*g^2
	w = w - lr * (m/(1-beta1^t)) / (sqrt(v/(1-beta2^t)) + eps)
`)
 if err!=nil {t.Fatal(err)}
 fmt.Print(p)
 q,err:=Parse("adam",p.String()); if err!=nil||q.String()!=p.String(){t.Fatal(err)}
 for _,x:=range []string{"w = w - lr*g","hyper lr=0.1\nw = w - lr*(g","hyper lr = 0.1 (0.2,1)","w = w + gg","w = sqrt(w,g)","scalar s\ns = g\nw=w","w = grad(w)\nv = 1","state v\nv=g\nw=grad(w)","x = 1"}{
  _,err:=Parse("mine",x); fmt.Println(err)
 }
 l,err:=Parse("look",`hyper k=5, alpha=0.5
state slow = w
step = 2*step
slow = where(mod(t,k)==0, slow+alpha*(w-slow), slow)
w = where(mod(t,k)==0, slow, w)`)
 if err!=nil {t.Fatal(err)}
 n,_:=Parse("nag","hyper lr=0.01,momentum=0.9\nstate v\nv = momentum*v - lr*grad(w + momentum*v)\nw = w + v")
 c,_:=Parse("clip","hyper max_norm=1\ng = g*min(1, max_norm/all.norm(g))")
 f,err:=Flatten([]Link{{"clip",c},{"",n},{"look",l}})
 fmt.Println(f,err)
}
