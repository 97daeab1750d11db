using System.Text.Json;
using Sallyport.Lab.Reports;

namespace Sallyport.EndToEnd.Tests.Machine;

/// <summary>report.json of one job, read as any program would.</summary>
public sealed class JobReport(string folder)
{
    /// <summary>Folder of the job's results, as the test sees it.</summary>
    public string Folder { get; } = folder;

    public JsonElement Document { get; } = RunnerMachine.ReadJson(Path.Combine(folder, "report.json"));

    public string Id => Path.GetFileName(Folder);

    public bool IsComplete => Document.GetProperty("complete").GetBoolean();

    /// <summary>`protection`: since when, and without which steps. A job that protection did not precede is not called complete.</summary>
    public void AssertBegan(bool fromStart, params string[] stepsBefore)
    {
        JsonElement own = Document.GetProperty("protection");
        Assert.Equal(fromStart, own.GetProperty("fromStart").GetBoolean());
        Assert.Equal(stepsBefore, own.GetProperty("stepsBefore").EnumerateArray().Select(name => name.GetString()));
        Assert.True(own.GetProperty("uncoveredSeconds").GetDouble() is >= 0 and < 120, own.ToString());
        Assert.Equal(!fromStart, Document.GetProperty("losses").TryGetProperty("before-protection", out _));
    }

    public string InForce => Document.GetProperty("mode").GetProperty("inForce").GetString()!;

    public IEnumerable<JsonElement> Steps => Document.GetProperty("steps").EnumerateArray();

    public IEnumerable<JsonElement> Connections => Document.GetProperty("connections").EnumerateArray();

    public IEnumerable<JsonElement> Names => Document.GetProperty("dns").EnumerateArray();

    /// <summary>Without what <see cref="Pauses"/> has: a machine that stalls has put it there, and no test unless it asks for it.</summary>
    public IEnumerable<JsonElement> Findings => Document.GetProperty("findings").EnumerateArray().Where(finding => !IsPause(finding));

    /// <summary>Findings that the agent did not look for a while and then went on.</summary>
    public IEnumerable<JsonElement> Pauses => Document.GetProperty("findings").EnumerateArray().Where(IsPause);

    private static bool IsPause(JsonElement finding) =>
        Stall.Is(Text(finding, "id"), name => finding.GetProperty("evidence").TryGetProperty(name, out _));

    public IEnumerable<JsonElement> Files => Document.GetProperty("files").EnumerateArray();

    public IEnumerable<JsonElement> Processes => Document.GetProperty("processes").EnumerateArray();

    public IEnumerable<JsonElement> Containers => Document.GetProperty("containers").EnumerateArray();

    /// <summary>`verdict` of each call to an address from a step (by id), in order; what never happened is not there.</summary>
    public string[] Verdicts(string step, string address) =>
    [
        .. Connections.Where(row => Text(row, "step") == step && Text(row, "address") == address)
            .Select(row => Text(row, "verdict")!).Distinct(),
    ];

    /// <summary>Steps from which an address was called.</summary>
    public string?[] StepsThatCalled(string address) =>
        [.. Connections.Where(row => Text(row, "address") == address).Select(row => Text(row, "step")).Distinct()];

    /// <summary>The same by the names of the steps, each confirmed: the runner's own have ids that nobody else knows.</summary>
    public string[] NamesOfStepsThatCalled(string address) =>
    [
        .. StepsThatCalled(address).Select(id => id is not null && Step(id) is { } step && step.GetProperty("confirmed").GetBoolean()
            ? Text(step, "name")! : $"{id}?"),
    ];

    public JsonElement Step(string id) => Steps.Single(step => Text(step, "id") == id);

    /// <summary>Rows of calls by the program that has this text in its arguments.</summary>
    public JsonElement[] CallsOf(string argument)
    {
        HashSet<string?> callers =
        [
            .. Processes.Where(process => process.GetProperty("argv").EnumerateArray().Any(a => a.GetString() == argument))
                .Select(process => Text(process, "id")),
        ];
        return [.. Connections.Where(row => callers.Contains(Text(row, "process")))];
    }

    /// <summary>`verdict` of those, all from this step; empty where a call was another step's.</summary>
    public string[] VerdictsOf(string argument, string step)
    {
        JsonElement[] calls = CallsOf(argument);
        return calls.All(row => Text(row, "step") == step) ? [.. calls.Select(row => Text(row, "verdict")!).Distinct()] : [];
    }

    /// <summary>The process outside of containers that asked for the container which a process is in; null for none.</summary>
    public JsonElement? AskerOf(string? process)
    {
        JsonElement current = ProcessOf(process);
        while (Text(current, "container") is not null)
        {
            if (Text(current, "parent") is not { } parent)
            {
                return null;
            }

            current = ProcessOf(parent);
        }

        return current;
    }

    /// <summary>The execution that a process descends from.</summary>
    public JsonElement? ExecutionOf(string? process)
    {
        for (string? at = process; at is not null; at = Text(ProcessOf(at), "parent"))
        {
            foreach (JsonElement execution in Steps.SelectMany(step => step.GetProperty("executions").EnumerateArray()))
            {
                if (Text(execution, "process") == at)
                {
                    return execution;
                }
            }
        }

        return null;
    }

    public JsonElement ContainerOf(string? id) => Containers.Single(container => Text(container, "id") == id);

    public JsonElement ProcessOf(string? id) => Processes.Single(process => Text(process, "id") == id);

    public static string? Text(JsonElement row, string member) => row.GetProperty(member).GetString();

    public override string ToString() => string.Join('\n', [
        $"{Id} {Document.GetProperty("mode")} complete {IsComplete} {Document.GetProperty("losses")}",
        .. Steps.Select(s => $"  step {Text(s, "id")} '{Text(s, "name")}' {s.GetProperty("number")} {Text(s, "stage")} "
            + $"{Text(s, "conclusion")} left {s.GetProperty("leftRunning")}"),
        .. Connections.Select(c => $"  {Text(c, "destination")} {Text(c, "address")}:{c.GetProperty("port")} "
            + $"{Text(c, "verdict")} {Text(c, "reason")} step {Text(c, "step")} container {c.GetProperty("container")}"),
        .. Containers.Select(c => $"  container {c}"),
        .. Names.Take(40).Select(d => $"  dns {Text(d, "name")} {Text(d, "verdict")} step {Text(d, "step")}"),
        .. Document.GetProperty("findings").EnumerateArray().Select(f => $"  finding {f}"),
    ]);
}
