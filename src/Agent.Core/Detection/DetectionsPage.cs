using System.Text;

namespace Sallyport.Agent.Core.Detection;

/// <summary>docs/detections.md, from the catalogue.</summary>
public static class DetectionsPage
{
    /// <summary>The whole page, in Markdown.</summary>
    public static string Render()
    {
        var page = new StringBuilder(
            """
            # Detections

            What a report can list under findings. `--fail-on finding` makes any of them fail the run. `detections:` of a policy says for
            each what it does: `off`, `report` (the default), `fail` (the job fails), `block` (prevented; did it come to pass all the same, the
            job fails). Only what the table says can be blocked; a policy that says it of others is refused. Those marked *default* block in
            a policy whose mode is block and that does not name them.

            Reads of memory and of credentials, uses of bpf(2), modules of the kernel and disks are looked for where the job has a runner, or where
            the policy names one of them: that costs every system call a little. `agent-attacked` and `user-namespace-made` need BPF LSM
            (`sallyport doctor`); a policy that names one of them where it is not in use has a report that says DEGRADED.

            The process and the step of a finding stand in fields of their own; what else is known of it is its `evidence`, by the keys that are
            named here, as text. Text in it may be the job's.

            Changes of the machine are named with the process that made them. What a container runtime does for the job's containers is its
            work and no finding, nor is anything inside a container's or the job's own network namespaces. This page is made from
            `src/Agent.Core/Detection/FindingCatalogue.cs`.

            | id | severity | block | what was found |
            |---|---|---|---|

            """);
        foreach (var kind in FindingCatalogue.All)
        {
            page.Append($"| [`{kind.Id}`](#{kind.Id}) | {kind.Severity} | {BlockOf(kind)} | {kind.Title} |\n");
        }

        foreach (var kind in FindingCatalogue.All)
        {
            page.Append($"\n## {kind.Id}\n\n{kind.Title} {kind.Why}\n\n**Evidence:** {EvidenceOf(kind)}.\n\n**What to do:** {kind.WhatToDo}\n");
        }

        return page.ToString();
    }

    private static string EvidenceOf(FindingKind kind) => string.Join("; ", kind.Evidence.Select(field => $"`{field.Key}`: {field.Meaning}"));

    private static string BlockOf(FindingKind kind) => kind.IsBlockedByDefault ? "default" : kind.CanBlock ? "yes" : "";
}
