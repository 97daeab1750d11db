using Sallyport.Server.Configuration;

namespace Sallyport.Server.Retention;

/// <summary>What holds for an organisation: its own values, and the server's where it has none.</summary>
/// <param name="Days">Age at which a job is removed; 0 for no bound.</param>
/// <param name="Bytes">Of recordings; the oldest jobs are removed beyond; 0 for no bound.</param>
internal sealed record RetentionBounds(int Days, long Bytes)
{
    public static RetentionBounds Of(OwnerRetention owner, ServerLimits limits) =>
        new(owner.RetentionDays ?? limits.RetentionDays, owner.RetentionBytes ?? limits.RetentionBytes);
}
