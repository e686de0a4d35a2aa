import Foundation
import Testing

/// Figures, tables and models of a chapter that are linked, in a browser.
@Suite struct LinkedFigureTests {
  private static let chapter =
    """
    # Linked

    ```{swift}
    let data = try TokenPositioning(words: 5, lengths: 3...8).balanced(seed: 3)
    let model = Seq2Seq(Configuration(units: 6, vocabulary: data.vocabulary), seed: 11)
    let values = (0..<24).map { Double($0) / 8 - 1.5 }
    ```

    ```{swift}
    //| label: fig-states
    //| caption: "States."
    //| alt: "A grid."
    show(
      Figure(width: 400, height: 300) {
        HeatMapMark(values, rows: 6, columns: 4, label: "State $h$").linked(.unit, by: .row).linked(.step, by: .column)
      })
    ```

    ```{swift}
    //| label: fig-roles
    //| caption: "Roles."
    //| alt: "Points."
    show(
      Figure {
        ScatterMark(x: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6], y: [6, 5, 4, 3, 2, 1.5]).linked(.unit, each: [0, 1, 2, 3, 4, 5])
        LineMark(x: [0.1, 0.6], y: [1, 6], series: "another").linked(.unit, each: [0, 2], of: "another")
      }.xAxis("Storing").yAxis("Counting"))
    ```

    ```{swift}
    //| label: tbl-units
    //| caption: "Units."
    show(Table(columns: ["Unit", "Share"], rows: [[3, 0.5], [2, 0.25]]).linked(.unit, by: "Unit"))
    ```

    ```{swift}
    //| label: fig-live
    //| caption: "It runs."
    //| alt: "States."
    show(
      try LiveModel(
        model, rows: data.verify, vocabulary: data.vocabulary,
        experiment: .init(.ask("b", at: 3, length: 8), other: .ask("d", at: 5, length: 8), units: [0, 1], at: 2)))
    ```

    # Another chapter

    ```{swift}
    //| label: fig-elsewhere
    //| caption: "Elsewhere."
    //| alt: "Points."
    show(Figure { ScatterMark(x: [1.0, 2], y: [1.0, 2]).linked(.unit, each: [2, 3]) })
    ```

    """

  private struct OpenPage {
    let session: BrowserSession

    func expect(_ script: String, _ expected: String, at location: SourceLocation = #_sourceLocation) throws {
      let found = try session.value(
        of: """
          (async () => {
            await customElements.whenDefined("linked-figure");
            const model = document.querySelector("neuron-model");
            await model.ready;
            const figure = (name) => document.querySelector(`#${name} linked-figure`);
            const view = (name) => figure(name).querySelector(".linked > svg");
            const count = (name, layer) => view(name).querySelectorAll(`.${layer} rect`).length;
            const said = (name) => [...figure(name).querySelectorAll(".readout")].map((part) => part.textContent).join("|");
            const press = (name, key) => view(name).dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
            // Where the middle of a datum is on the screen.
            const at = (name, mark, index) => {
              const [place, box] = [figure(name).marks[mark].places[index], view(name).getBoundingClientRect()];
              const size = view(name).viewBox.baseVal;
              return { clientX: box.left + (place.x + place.width / 2) * box.width / size.width,
                clientY: box.top + (place.y + place.height / 2) * box.height / size.height };
            };
            const pointer = (name, kind, where, more) => view(name).dispatchEvent(new PointerEvent(kind,
              { ...where, pointerId: 1, pointerType: "mouse", bubbles: true, ...more }));
            view("fig-states").setPointerCapture = view("fig-roles").setPointerCapture = () => {};
            \(script)
          })()
          """)
      #expect(found == expected, sourceLocation: location)
    }
  }

  @Test func aUnitIsMarkedInAllFiguresTablesAndModels() throws {
    try withWorkshop { workshop in
      try workshop.writeBook(["a.md": Self.chapter])
      let built = try workshop.neuronbook(["build", "chapters"])
      #expect(built.status == 0, "\(built.error)")
      let address = workshop.url("output/report.html").absoluteString
      let session = try BrowserSession(try #require(URL(string: address)), in: workshop)
      defer { session.close() }
      let page = OpenPage(session: session)

      // The overlay lies on the picture.
      try page.expect(
        """
        const [own, image] = [view("fig-states"), figure("fig-states").querySelector("img")].map((part) => part.getBoundingClientRect());
        return [own.left - image.left, own.top - image.top, own.width - image.width, own.height - image.height]
          .every((difference) => Math.abs(difference) < 1);
        """, "1")

      // Pointing at a cell: itself, the unit in the other figure and in the table, and its numbers; nothing of another model
      // or chapter.
      try page.expect(
        """
        pointer("fig-states", "pointermove", at("fig-states", 0, 3 * 4 + 2));
        return [count("fig-states", "pointed"), count("fig-roles", "pointed"), count("fig-elsewhere", "pointed"),
          document.querySelectorAll("tr.pointed").length, document.querySelector("tr.pointed").dataset.unit,
          said("fig-states"), said("fig-roles"), said("fig-elsewhere")].join(";");
        """, "1;1;0;1;3;unit 3, step 2: State h 0.25|;unit 3: Storing 0.4, Counting 3|;|")
      // Pointing at a point: the row of the unit, with the range of its numbers.
      try page.expect(
        """
        pointer("fig-roles", "pointermove", at("fig-roles", 0, 5));
        return [count("fig-states", "pointed"), said("fig-states")].join(";");
        """, "1;unit 5: 4 values. State h 1 to 1.375|")
      try page.expect(
        """
        pointer("fig-roles", "pointerleave", { clientX: 0, clientY: 0 });
        return [count("fig-states", "pointed"), document.querySelectorAll("tr.pointed").length].join(";");
        """, "0;0")
      // Pointing at a row of the table.
      try page.expect(
        """
        document.querySelector("tr[data-unit='2'] td").dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
        return [count("fig-states", "pointed"), said("fig-roles")].join(";");
        """, "1;unit 2: Storing 0.3, Counting 4|")

      // A click marks a unit, another lets it go.
      try page.expect(
        """
        pointer("fig-roles", "click", at("fig-roles", 0, 2));
        return [count("fig-states", "marked"), count("fig-roles", "marked"), count("fig-elsewhere", "marked"),
          document.querySelectorAll("tr.marked").length,
          figure("fig-states").querySelector(".readout + .readout").textContent].join(";");
        """, "1;1;0;1;Marked: unit 2. Give them to the model Let them go ")
      try page.expect(
        """
        pointer("fig-roles", "click", at("fig-roles", 0, 2));
        return [count("fig-states", "marked"), document.querySelectorAll("tr.marked").length].join(";");
        """, "0;0")
      // A drag marks all that it surrounds; the model takes them.
      try page.expect(
        """
        const [from, to] = [at("fig-roles", 0, 2), at("fig-roles", 0, 4)];
        pointer("fig-roles", "pointerdown", { clientX: from.clientX - 9, clientY: from.clientY - 9 }, { buttons: 1 });
        pointer("fig-roles", "pointermove", { clientX: to.clientX + 9, clientY: to.clientY + 9 }, { buttons: 1 });
        pointer("fig-roles", "pointerup", { clientX: to.clientX + 9, clientY: to.clientY + 9 });
        pointer("fig-roles", "click", { clientX: to.clientX + 9, clientY: to.clientY + 9 });
        figure("fig-states").querySelector("button").click();
        await new Promise((resolve) => setTimeout(resolve, 300));
        return [count("fig-states", "marked"), [...model.picked].sort().join(" "), location.hash.includes("units=2.3.4")].join(";");
        """, "3;2 3 4;true")

      // By keyboard: down one row, right one column, mark, let all go.
      try page.expect(
        """
        pointer("fig-states", "pointerleave", { clientX: 0, clientY: 0 });
        view("fig-states").focus();
        for (const key of ["ArrowDown", "ArrowRight", "Enter"]) press("fig-states", key);
        const before = said("fig-states");
        press("fig-states", "Escape");
        return [before, count("fig-states", "marked")].join(";");
        """,
        "unit 1, step 1: State h −0.875|Marked: units 1, 2, 3, 4. Give them to the model Let them go ;0")
      // The last of a mark leads on to the first of the next, of another model.
      try page.expect(
        """
        for (let times = 0; times < 7; times++) press("fig-roles", "ArrowRight");
        return said("fig-roles");
        """, "unit 2: another: Storing 0.6, Counting 6|")
    }
  }

  @Test func namesAreTextWhateverTheySay() throws {
    try withWorkshop { workshop in
      let chapter = """
        # Names

        ```{swift}
        //| label: fig-names
        //| caption: "Names."
        //| alt: "Points."
        let name = "</script><img src=x onerror=\\"document.title='broken'\\">"
        show(Figure { ScatterMark(x: [1.0], y: [1.0]).linked(.token, each: [name], of: name) })
        show(Table(columns: ["Token"], rows: [[name]]).linked(.token, by: "Token", of: name))
        ```

        """
      try workshop.writeBook(["a.md": chapter.replacing("show(Table", with: "```\n\n```{swift}\nshow(Table")])
      let built = try workshop.neuronbook(["build", "chapters"])
      #expect(built.status == 0, "\(built.error)")
      let address = workshop.url("output/report.html").absoluteString
      let session = try BrowserSession(try #require(URL(string: address)), in: workshop)
      defer { session.close() }
      let found = try session.value(
        of: """
          (async () => {
            await customElements.whenDefined("linked-figure");
            const figure = document.querySelector("linked-figure");
            figure.querySelector("svg").focus();
            return [document.title, figure.querySelectorAll("img").length, figure.querySelector(".readout").textContent.startsWith("token </script>"),
              document.querySelectorAll("tr.pointed").length].join(";");
          })()
          """)
      #expect(found.hasSuffix(";1;true;1"), "\(found)")
      #expect(!found.contains("broken"))
    }
  }
}
