using System.Collections.Immutable;
using System.Globalization;
using Sallyport.Agent.Configuration;
using Sallyport.Agent.Host;
using Sallyport.Policy.Machine;
using Sallyport.Protocol.ServerOverrides;
using Sallyport.Protocol.Signing;

namespace Sallyport.Agent.Upload;

/// <summary>Asks a server what was signed for a job. Nothing of the answer is believed here.</summary>
internal static class OverrideClient
{
    /// <summary>Seconds that it has; nothing waits for it.</summary>
    private const int MostSeconds = 5;

    /// <summary>Asks the machine's own server.</summary>
    /// <returns>Envelopes, none when the server has none; null when there is no answer, whatever the reason.</returns>
    internal static ImmutableArray<SignedEnvelope>? Ask(MachineSettings settings, OverrideSubject job)
    {
        try
        {
            var target = Credentials.OfMachine(settings)!;
            using var http = CurlClient.Asking(target, "overrides", MostSeconds);
            return Ask(exchange => http.Send([exchange])[0], target, job);
        }
        catch (Exception e) when (e is CommandFailure or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The same by whoever sends.</summary>
    internal static ImmutableArray<SignedEnvelope>? Ask(Func<HttpExchange, HttpAnswer> send, UploadTarget target, OverrideSubject job)
    {
        var address = target.AddressOf("api/v1/overrides", ("repository", job.Repository), ("run", job.Run), ("runner", job.Runner));
        var answer = send(new("GET", address, target.Credential, "application/json", default, []));
        return answer.IsSuccess && Answers.TryRead(answer.Body, OverrideJson.Default.OverridesAnswer) is { Overrides.IsDefault: false } read
            ? [.. read.Overrides.Where(envelope => envelope is not null).Take(OverrideLimits.Together)]
            : null;
    }
}
