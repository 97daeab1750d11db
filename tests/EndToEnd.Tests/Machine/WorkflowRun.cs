using System.Text.Json;
using Sallyport.Lab.Processes;
using Sallyport.Lab.Traffic;

namespace Sallyport.EndToEnd.Tests.Machine;

/// <summary>How a workflow went: as the stand-in says, as the agent reports, and as the world saw it.</summary>
/// <param name="Process">The stand-in's own end and output: logs of all steps.</param>
/// <param name="Result">result.json of the stand-in.</param>
/// <param name="Reports">report.json of every job that was watched, in order of start.</param>
/// <param name="Traffic">What arrived in the world.</param>
/// <param name="WorkFolder">What <see cref="RunnerMachine.Work"/> is for the test.</param>
public sealed record WorkflowRun(
    ProcessOutcome Process, JsonElement Result, IReadOnlyList<JobReport> Reports, LabTraffic Traffic, string WorkFolder)
{
    /// <summary>The report of the only job.</summary>
    public JobReport Report => Reports.Count == 1 ? Reports[0]
        : throw new InvalidOperationException($"{Reports.Count} reports instead of one.\n{this}");

    /// <summary>A step as the stand-in has it: `outcome`, `conclusion`, `annotations`, `summary`, `outputs`.</summary>
    public JsonElement Step(string name, int job = 0) => Result.GetProperty("jobs")[job].GetProperty("steps").EnumerateArray()
        .Single(step => step.GetProperty("name").GetString() == name);

    /// <summary>Text of a step's log.</summary>
    public string TextOf(string name, int job = 0) => File.ReadAllText(Step(name, job).GetProperty("log").GetString()!
        .Replace(RunnerMachine.Work, WorkFolder, StringComparison.Ordinal));

    public string ConclusionOf(int job = 0) => Result.GetProperty("jobs")[job].GetProperty("conclusion").GetString()!;

    public override string ToString() => string.Join('\n', [Process.ToString(), .. Reports.Select(r => r.ToString()), "agent.log:", Said()]);

    /// <summary>By agents of this machine that jobs have started.</summary>
    private string Said()
    {
        string log = Path.Combine(WorkFolder, "run", "agent.log");
        return File.Exists(log) ? string.Join('\n', File.ReadLines(log).TakeLast(20)) : "";
    }
}
