import HTTPTypes

/// The page on which a picture is dropped and its answer seen. All it needs comes from this server.
enum Page {
    static let html = reply(htmlText, "text/html; charset=utf-8")
    static let script = reply(scriptText, "text/javascript; charset=utf-8")
    static let style = reply(styleText, "text/css; charset=utf-8")

    private static func reply(_ text: String, _ type: String) -> Reply {
        var reply = Reply(text: text, type: type)
        reply.headers[.contentSecurityPolicy] =
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
            + "img-src 'self' blob: data:; frame-ancestors 'none'; form-action 'none'; base-uri 'none'"
        reply.headers[.xContentTypeOptions] = "nosniff"
        reply.headers[.cacheControl] = "no-cache"
        return reply
    }

    private static let htmlText = """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Cognitron</title>
        <link rel="stylesheet" href="/page.css">
        <link rel="icon" href="data:,">
        <script src="/page.js" defer></script>
        </head>
        <body>
        <header>
          <h1>Cognitron</h1>
          <label>Model <select id="model"></select></label>
          <label id="least-label" hidden>Least score
            <input id="least" type="number" min="0" max="1" step="0.05" value="0.5"></label>
          <label id="key-label" hidden>API key <input id="key" type="password" autocomplete="off"></label>
        </header>
        <main>
          <section id="picture">
            <label id="drop" tabindex="0">
              <span id="hint">Drop a picture here, or choose one</span>
              <input id="file" type="file" accept="image/*,.npy">
              <canvas id="canvas" hidden></canvas>
            </label>
            <p id="expects"></p>
          </section>
          <section aria-live="polite">
            <h2>Answer</h2>
            <p id="status">None yet.</p>
            <div id="answer"></div>
          </section>
        </main>
        <section>
          <h2>Last hour</h2>
          <p id="load"></p>
          <canvas id="chart" width="960" height="160"
            aria-label="Median and 99th percentile of the time until the answer, minute by minute"></canvas>
          <p><span class="key median"></span> median <span class="key high"></span> 99 % of the answers</p>
        </section>
        <noscript>This page needs JavaScript. Without it: curl -F file=@a.png …/v1/models/NAME/predict</noscript>
        </body>
        </html>
        """

    private static let styleText = """
        :root { color-scheme: light dark; --line: #8886; --bar: #3b7dd8; --high: #d8703b; }
        body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 62rem; padding: 1rem; }
        header { display: flex; flex-wrap: wrap; gap: 1rem 2rem; align-items: baseline; }
        h1 { font-size: 1.5rem; margin: 0; }
        h2 { font-size: 1.1rem; margin: .5rem 0; }
        main { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: 1.5rem; }
        #drop { display: grid; place-items: center; min-height: 18rem; padding: 1rem; cursor: pointer;
          border: 2px dashed var(--line); border-radius: .5rem; margin-top: 1rem; gap: .5rem; }
        #drop.over, #drop:focus-visible { border-color: var(--bar); }
        #canvas { max-width: 100%; max-height: 28rem; image-rendering: auto; }
        #canvas.small { image-rendering: pixelated; width: 18rem; }
        #chart { width: 100%; height: auto; border-bottom: 1px solid var(--line); }
        #expects, #load { opacity: .75; }
        .error { color: #c33; }
        .row { display: grid; grid-template-columns: 9rem 1fr 4.5rem; gap: .5rem; align-items: center; }
        .row span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
        .row span:last-child { text-align: right; font-variant-numeric: tabular-nums; }
        meter { width: 100%; }
        pre { white-space: pre-wrap; overflow-wrap: anywhere; max-height: 20rem; overflow: auto; }
        .key { display: inline-block; width: .8rem; height: .8rem; border-radius: 2px; margin-left: 1rem; }
        .median { background: var(--bar); } .high { background: var(--high); }
        """

    private static let scriptText = """
        "use strict";
        const find = id => document.getElementById(id);
        const colors = ["#3b7dd8", "#d8703b", "#3aa66a", "#b04fc4", "#c9a227", "#2aa5b8", "#d84f73", "#7a7ad8"];
        let models = [];

        function headers(more) {
          const key = find("key").value;
          return key ? { ...more, Authorization: "Bearer " + key } : more;
        }

        async function get(path) {
          const response = await fetch(path, { headers: headers({}) });
          if (response.status === 401) find("key-label").hidden = false;
          const body = await response.json();
          if (!response.ok) throw new Error(body.error);
          return body;
        }

        function say(text, isError) {
          find("status").textContent = text;
          find("status").className = isError ? "error" : "";
        }

        async function listModels() {
          try {
            models = (await get("/v1/models")).models;
          } catch (error) {
            return say(String(error.message), true);
          }
          const chosen = find("model").value;
          find("model").replaceChildren(...models.map(model => new Option(model.name, model.name)));
          if (models.some(model => model.name === chosen)) find("model").value = chosen;
          showModel();
        }

        function showModel() {
          const model = models.find(model => model.name === find("model").value);
          find("least-label").hidden = !model || !["detection", "instances"].includes(model.task);
          find("expects").textContent = model ? `${model.task}, version ${model.version}; takes ${model.expects}` : "";
        }

        function row(name, share, text) {
          const line = document.createElement("div");
          line.className = "row";
          const [label, bar, value] = ["span", "meter", "span"].map(kind => document.createElement(kind));
          label.textContent = label.title = name;
          bar.value = Number.isFinite(share) ? share : 0;
          value.textContent = text ?? (share * 100).toFixed(1) + " %";
          line.append(label, bar, value);
          return line;
        }

        async function draw(file) {
          const canvas = find("canvas");
          try {
            const picture = await createImageBitmap(file);
            canvas.width = picture.width;
            canvas.height = picture.height;
            canvas.className = Math.max(picture.width, picture.height) < 200 ? "small" : "";
            canvas.getContext("2d").drawImage(picture, 0, 0);
            canvas.hidden = false;
          } catch {
            canvas.hidden = true;
          }
        }

        function drawBoxes(objects) {
          const canvas = find("canvas");
          const context = canvas.getContext("2d");
          const size = Math.max(canvas.width, canvas.height);
          context.lineWidth = Math.max(1, size / 250);
          context.font = `${Math.max(8, size / 40)}px sans-serif`;
          const names = [...new Set(objects.map(object => object.class))];
          for (const { class: name, score, box } of objects) {
            context.strokeStyle = context.fillStyle = colors[names.indexOf(name) % colors.length];
            context.strokeRect(box.left, box.top, box.right - box.left, box.bottom - box.top);
            context.fillText(`${name} ${(score * 100).toFixed(0)} %`, box.left, Math.max(box.top - 3, size / 40));
          }
        }

        async function drawMask(png, width, height) {
          const canvas = find("canvas");
          const mask = new Image();
          mask.src = "data:image/png;base64," + png;
          await mask.decode();
          if (canvas.hidden) {
            canvas.width = width;
            canvas.height = height;
            canvas.hidden = false;
          }
          const context = canvas.getContext("2d");
          context.globalAlpha = 0.5;
          context.imageSmoothingEnabled = false;
          context.drawImage(mask, 0, 0, canvas.width, canvas.height);
          context.globalAlpha = 1;
        }

        async function show(prediction) {
          const answer = find("answer");
          if (Array.isArray(prediction.classes)) {
            answer.append(...prediction.classes.map(guess => row(guess.class, guess.probability)));
          } else if (prediction.objects) {
            if (!prediction.objects.length) answer.append("No objects.");
            answer.append(...prediction.objects.map(object => row(object.class, object.score)));
            drawBoxes(prediction.objects);
          } else if (prediction.mask) {
            const shares = Object.entries(prediction.classes).filter(([, share]) => share > 0);
            shares.sort((one, other) => other[1] - one[1]);
            answer.append(...shares.map(([name, share]) => row(name, share)));
            await drawMask(prediction.mask, prediction.width, prediction.height);
          } else if (prediction.picture) {
            const picture = new Image();
            picture.src = "data:image/png;base64," + prediction.picture;
            picture.alt = "the model's answer";
            answer.append(picture);
          } else {
            const text = document.createElement("pre");
            text.textContent = prediction.text ?? JSON.stringify(prediction);
            answer.append(text);
          }
        }

        async function ask(file) {
          find("answer").replaceChildren();
          find("hint").textContent = file.name;
          say("Asking …");
          await draw(file);
          const body = new FormData();
          body.append("file", file);
          const start = performance.now();
          try {
            const least = find("least-label").hidden ? "" : "?threshold=" + Number(find("least").value);
            const path = `/v1/models/${encodeURIComponent(find("model").value)}/predict${least}`;
            const response = await fetch(path, { method: "POST", body, headers: headers({}) });
            const answer = await response.json();
            if (!response.ok) throw new Error(answer.error);
            say(`Answered in ${(performance.now() - start).toFixed(0)} ms.`);
            for (const prediction of answer.predictions) await show(prediction);
          } catch (error) {
            say(String(error.message), true);
          }
          showLatency();
        }

        function bars(context, minutes, now, member, color, scale) {
          context.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(color);
          for (const minute of minutes) {
            const height = Math.max(1, minute[member] * scale);
            context.fillRect((59 - (now - minute.minute)) * 16 + 1, 160 - height, 14, height);
          }
        }

        async function showLatency() {
          let history;
          try { history = await get("/v1/latency"); } catch { return; }
          const { now, minutes } = history;
          const context = find("chart").getContext("2d");
          context.clearRect(0, 0, 960, 160);
          const most = Math.max(1, ...minutes.map(minute => minute.percentile99));
          bars(context, minutes, now, "percentile99", "--high", 150 / most);
          bars(context, minutes, now, "median", "--bar", 150 / most);
          const sum = member => minutes.reduce((total, minute) => total + minute[member], 0);
          find("load").textContent = minutes.length
            ? `${sum("requests")} requests, ${sum("errors")} errors; the highest bar is ${most.toPrecision(3)} ms`
            : "No requests.";
        }

        const drop = find("drop");
        find("file").addEventListener("change", event => event.target.files[0] && ask(event.target.files[0]));
        find("model").addEventListener("change", showModel);
        find("key").addEventListener("change", listModels);
        drop.addEventListener("keydown", event => event.key === "Enter" && find("file").click());
        drop.addEventListener("dragover", event => { event.preventDefault(); drop.classList.add("over"); });
        drop.addEventListener("dragleave", () => drop.classList.remove("over"));
        drop.addEventListener("drop", event => {
          event.preventDefault();
          drop.classList.remove("over");
          if (event.dataTransfer.files[0]) ask(event.dataTransfer.files[0]);
        });
        listModels();
        showLatency();
        setInterval(showLatency, 10000);
        """
}
