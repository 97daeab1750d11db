namespace Sallyport.Kernel.Tests.Incidents;

/// <summary>One thing that an attacker does in an incident.</summary>
/// <param name="What">For the page.</param>
/// <param name="Sign">
/// It came to pass when this arrived in the world, or when the script says <c>did: SIGN</c>, which it does only where it has it.
/// </param>
/// <param name="By">Name of the program that did it, or how that begins.</param>
/// <param name="Rows">Rows of a report that show it, whoever did it; null for what nothing shows, which the page says.</param>
internal sealed record IncidentStep(string What, string Sign, string By, Func<LabRun, IEnumerable<Sighting>>? Rows)
{
    /// <summary>
    /// How a report shows it, for the page: by the row that names the program, and whose process descends from the job's first one by
    /// processes that are all in the report. Null when there is no such row.
    /// </summary>
    public string? Seen(LabRun run) => Rows?.Invoke(run).FirstOrDefault(row => IsDoneBy(run, row.Process))?.Text;

    private bool IsDoneBy(LabRun run, string? process) =>
        Path.GetFileName(run.Report.ExeOf(process))?.StartsWith(By, StringComparison.Ordinal) == true
        && run.Report.AncestryOf(process).All(exe => exe is not null);

    public bool Happened(LabRun run) =>
        run.Traffic.Contains(Sign) || run.Process.Output.Split('\n').Contains($"did: {Sign}");
}
