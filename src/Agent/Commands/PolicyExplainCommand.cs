using System.CommandLine;
using Sallyport.Agent.Configuration;
using Sallyport.Agent.Host;
using Sallyport.Policy;
using Sallyport.Policy.Compiling;
using Sallyport.Policy.Endpoints;
using Sallyport.Policy.Judging;

namespace Sallyport.Agent.Commands;

/// <summary><c>sallyport policy explain HOST:PORT</c>: which line decides, and why.</summary>
internal static class PolicyExplainCommand
{
    internal static Command Create(CommandContext context)
    {
        var endpoint = new Argument<string>("endpoint") { Description = "host:port, udp://host:port, dns://host, address.", HelpName = "HOST:PORT" };
        var policy = new Option<string?>("--policy") { Description = "Policy file.", HelpName = "FILE" };
        var allow = new Option<string[]>("--allow") { Description = "As for run. Repeatable.", HelpName = "ENDPOINT" };
        var step = new Option<string?>("--step") { Description = "Id or name of the step that asks.", HelpName = "STEP" };
        var exe = new Option<string?>("--exe") { Description = "Absolute path of the executable that asks.", HelpName = "PATH" };
        var command = new Command("explain", "Say which line of a policy decides on a destination, and why.")
        {
            endpoint, policy, allow, step, exe,
        };
        command.SetAction(parsed =>
        {
            var document = PolicyLoading.Read(parsed.GetValue(policy), parsed.GetValue(allow) ?? [], null, null);
            var judge = new PolicyJudge(
                document, new CompileContext { SearchDomains = Resolvers.OfThisMachine().SearchDomains });
            var name = parsed.GetValue(step);
            var request = Request(parsed.GetValue(endpoint)!) with
            {
                Step = name is null ? null : new StepIdentity(name, name, null),
                Exe = parsed.GetValue(exe),
            };
            foreach (var sentence in judge.Judge(request).Explanation)
            {
                context.Output.WriteLine(sentence);
            }

            return ExitCode.Success;
        });
        return command;
    }

    private static JudgeRequest Request(string text)
    {
        if (!Endpoint.TryParse(text, EndpointUse.Allow, out var endpoint, out var mistake)
            || !JudgeRequest.TryCreate(endpoint, out var request, out mistake))
        {
            throw new CommandFailure(
                ExitCode.Usage, $"'{Printable.Line(text)}': {mistake!.What}; accepted: {mistake.Accepted}");
        }

        return request;
    }
}
