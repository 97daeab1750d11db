using System.Text.Json;
using Sallyport.Lab;

namespace Sallyport.EndToEnd.Tests.Machine;

/// <summary>A job with a service, which it reaches in every way, and by which it tries to get out.</summary>
internal static class JobWithService
{
    public static string Workflow(string first) => $$$"""
        name: Services
        on: push
        jobs:
          build:
            runs-on: ubuntu-24.04
            services:
              web:
                image: services/web:1
                ports:
                  - 8080:80
                  - 8081:81
            steps:
              {{{first.ReplaceLineEndings("\n      ")}}}
              - name: By localhost
                id: localhost
                run: |
                  curl -sS --retry 9 --retry-all-errors --max-time 20 http://localhost:8080/
                  curl -sS --max-time 30 http://127.0.0.1:8080/
                  curl -sS --max-time 30 http://v4.test/allowed
              - name: By address
                id: address
                run: |
                  service=$(docker ps --quiet --filter ancestor=services/web:1)
                  address=$(docker inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' $service)
                  curl -sS --max-time 30 http://$address/
              - name: By name
                id: name
                uses: test/docker@v1
                with:
                  script: curl -sS --max-time 30 http://web/
              - name: By the service
                id: relay
                run: curl -sS --max-time 8 http://127.0.0.1:8081/ || true
        """;

    /// <summary>A run that was cut off leaves its service, and with it the port.</summary>
    public static async Task<WorkflowRun> RunAsync(RunnerMachine machine, string workflow, params IEnumerable<string> options)
    {
        await machine.ShellAsync("docker ps --all --quiet | xargs --no-run-if-empty docker rm --force");
        return await machine.RunAsync(workflow, options);
    }

    public static void AssertJudged(WorkflowRun run, string mode, bool isInferred)
    {
        AssertServed(run);
        Assert.True(run.Traffic.Contains("/allowed "), run.ToString());
        Assert.True(run.Traffic.Contains("/relayed ") == (mode == "audit"), run.ToString());
        JobReport report = run.Report;
        Assert.Equal(mode == "audit" ? "observing" : "enforcing", report.InForce);
        if (isInferred)
        {
            report.AssertBegan(fromStart: false, "Initialize containers"); // the service ran before the Action did
        }
        else
        {
            report.AssertBegan(fromStart: true);
            Assert.True(report.IsComplete, run.ToString());
        }

        JsonElement[] relayed = report.CallsOf($"http://{LabAddresses.Attacker}/relayed");
        Assert.True(relayed.Length > 0, run.ToString());
        string set = JobReport.Text(report.Steps.Single(step => JobReport.Text(step, "name") == "Initialize containers"), "id")!;
        Assert.All(relayed, row =>
        {
            Assert.Equal(mode == "audit" ? "observed" : "refused", JobReport.Text(row, "verdict"));
            Assert.True(JobReport.Text(row, "step") == set, $"{row}\n{run}");
            JsonElement service = report.ContainerOf(JobReport.Text(row, "container"));
            Assert.Equal("services/web:1", JobReport.Text(service, "image"));
            Assert.True(JobReport.Text(service, "step") == set, run.ToString());
            Assert.Equal(isInferred, service.GetProperty("stepInferred").GetBoolean());
        });
        // The runner pulls images, which the policy does not allow; all else that is not allowed goes to the attacker.
        Assert.DoesNotContain(report.Connections, row => JobReport.Text(row, "verdict") != "allowed"
            && JobReport.Text(row, "address") is not (LabAddresses.Attacker or LabAddresses.Images));
        Assert.DoesNotContain(report.Names, row =>
            JobReport.Text(row, "name")!.StartsWith("web", StringComparison.Ordinal) && JobReport.Text(row, "verdict") != "allowed");
    }

    public static void AssertServed(WorkflowRun run)
    {
        Assert.All(["By localhost", "By address", "By name"], step =>
            Assert.True(run.TextOf(step).Contains("served", StringComparison.Ordinal), $"{step}: {run.TextOf(step)}\n{run}"));
    }
}
