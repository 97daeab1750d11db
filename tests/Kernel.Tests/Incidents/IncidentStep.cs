namespace Sallyport.Kernel.Tests.Incidents;

/// <summary>One thing that an attacker does in an incident.</summary>
/// <param name="What">For the page.</param>
/// <param name="Sign">
/// It came to pass when this arrived in the world, or when the script says <c>did: SIGN</c>, which it does only where it has it.
/// </param>
/// <param name="Seen">How a report would show it, for the page; null when it has nothing of it.</param>
internal sealed record IncidentStep(string What, string Sign, Func<LabRun, string?> Seen)
{
    public bool Happened(LabRun run) =>
        run.Traffic.Contains(Sign) || run.Process.Output.Split('\n').Contains($"did: {Sign}");
}
