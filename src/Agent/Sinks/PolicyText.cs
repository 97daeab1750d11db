using System.Collections.Immutable;
using System.Text;
using Sallyport.Agent.Commands;
using Sallyport.Protocol.Control;

namespace Sallyport.Agent.Sinks;

/// <summary>What the summary of a runner's job says of its policy: which mode and why, and what nobody wrote.</summary>
internal static class PolicyText
{
    /// <param name="policy">In force.</param>
    /// <param name="unheeded">Inputs that the machine's owner does not let hold.</param>
    internal static string Markdown(StartedPolicy policy, ImmutableArray<ControlNotice> unheeded)
    {
        var text = new StringBuilder();
        foreach (var (_, title, message) in unheeded)
        {
            text.Append($"\n{Code(title)}: {Code(message)}\n");
        }

        text.Append($"\nPolicy: {Code(policy.Reason)} · rules of {Code(policy.From)}");
        if (policy.Implicit.IsEmpty)
        {
            return text.Append(" · nothing is implicit\n").ToString();
        }

        return text
            .Append($"\n\n<details><summary>{policy.Implicit.Length} destinations are implicit (<code>@github-actions</code>)</summary>\n\n")
            .Append("The runner needs them; with <code>implicit: false</code> they are not allowed of their own accord.\n\n")
            .AppendJoin(' ', policy.Implicit.Select(Code))
            .Append("\n\n</details>\n")
            .ToString();
    }

    /// <summary>In a code span that it cannot end.</summary>
    private static string Code(string text) => $"`{Printable.Line(text).Replace('`', '\'')}`";
}
