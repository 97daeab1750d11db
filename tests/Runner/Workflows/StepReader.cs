using System.Collections.Immutable;
using Sallyport.Runner.Expressions;
using Sallyport.Runner.Messages;

namespace Sallyport.Runner.Workflows;

/// <summary>Steps of a job or of a composite action.</summary>
internal static class StepReader
{
    public static ImmutableArray<StepRequest> Read(IReadOnlyList<YamlMap> steps)
    {
        ContextNames names = new();
        return [.. steps.Select(step => Read(step, names))];
    }

    private static StepRequest Read(YamlMap step, ContextNames names)
    {
        step.Only("step", "id", "name", "if", "run", "uses", "with", "env", "shell", "working-directory",
            "continue-on-error", "timeout-minutes", "background", "wait", "wait-all");
        string? uses = step.Text("uses");
        IReadOnlyList<string>? waits = step["wait"] is not null ? step.List("wait") : step.Text("wait-all") == "true" ? [] : null;
        if (new[] { step.Text("run") is not null, uses is not null, waits is not null }.Count(says => says) != 1)
        {
            throw step.Refuse("a step has one of 'run', 'uses', 'wait' and 'wait-all: true'");
        }

        return new StepRequest
        {
            ContextName = names.Next(step.Text("id"), uses, waits is null ? "__run" : "__wait"),
            Name = step.Text("name"),
            Run = step.Text("run"),
            Uses = uses,
            Condition = Template.Condition(step.Text("if")),
            With = step.Texts("with"),
            Env = step.Texts("env"),
            Shell = step.Text("shell"),
            WorkingDirectory = step.Text("working-directory"),
            ContinueOnError = step.Text("continue-on-error"),
            TimeoutMinutes = step.Text("timeout-minutes"),
            Background = step.Text("background") == "true",
            Waits = waits,
        };
    }
}
