using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Sallyport.Kernel.Tests.Incidents;

/// <summary>Makes docs/attacks.md of what came to pass.</summary>
internal static class IncidentPage
{
    private const string Head = """
        # Attacks that happened, again

        Benign re-enactments of incidents (`corpus/incidents`), each run with the agent off, in audit and in block mode, in network namespaces with no
        way out, with canaries and stand-in hosts below `.test`. With the agent off every step comes to pass, which the test checks
        first; what nothing in the report shows is `not seen`; what is seen is seen with the program that did it and with every process that it descends from. The policy allows the one host
        that the build needs; in block mode it says `block` for reads of memory. This page is made by `tests/Kernel.Tests/Incidents` (`SALLYPORT_UPDATE_GOLDEN=1`
        writes it) and `./test` fails when it is no longer so.

        What it does not hold: what goes to a host that the policy allows (a repository made with the job’s own token, a poisoned cache) is seen as a
        connection and no more. A program stands for the script that reads memory. There is no runner here: the process whose
        memory is read is another one outside the job, so the finding is `foreign-memory-read`; and no steps: what one leaves running is in
        `tests/EndToEnd.Tests/MemoryTests.cs`. Shai-Hulud also ends the service of the resolver (D17), of which there is none here: that is in
        `tests/Kernel.Tests/StoppedStubTests.cs`. Its container that mounts the machine is in
        `tests/Docker.Tests/PrivilegedContainerTests.cs`, the file of sudoers that it writes there in `tests/Docker.Tests/DroppedRootTests.cs`.

        """;

    public static string Render(ImmutableArray<IncidentResult> results)
    {
        var page = new StringBuilder(Head).Append('\n');
        var steps = results.Sum(result => result.Incident.Steps.Length);
        var seen = results.Sum(result => result.Incident.Steps.Count(step => step.Seen(result.Audit) is not null));
        var prevented = results.Sum(result => result.Incident.Steps.Count(step => !step.Happened(result.Block)));
        _ = page.Append(CultureInfo.InvariantCulture,
            $"Of {steps} steps {seen} are seen in audit mode, and {prevented} do not come to pass in block mode.\n\n");
        _ = page.Append("| incident | step | audit: seen as | block: seen as | prevented |\n|---|---|---|---|---|\n");
        foreach (var result in results)
        {
            var title = $"{result.Incident.Script.Split('-')[0]} {result.Incident.Title} ({result.Incident.Year.ToString(CultureInfo.InvariantCulture)})";
            foreach (var step in result.Incident.Steps)
            {
                _ = page.Append(CultureInfo.InvariantCulture,
                    $"| {title} | {step.What} | {step.Seen(result.Audit) ?? "not seen"} | {step.Seen(result.Block) ?? "–"} | {(step.Happened(result.Block) ? "no" : "yes")} |\n");
                title = "";
            }
        }

        return page.ToString();
    }
}
