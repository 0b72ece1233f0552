namespace AutoMix;

/// <summary>The script that keeps one budget.</summary>
/// <remarks>
/// <para>Money is counted in whole nano-dollars, which Lua's numbers hold exactly up to 9 million dollars. One hash has a field for
/// each sixtieth of a window, with what was settled in it, and one for each holder of a grant.</para>
/// <para>A holder reports what it has settled in its whole life, so that a report that is sent again, or that a failover lost, is
/// counted once. Its reports are numbered, so that an old one that arrives late is passed over. A grant whose holder has not been
/// heard of in its lifetime is written off, that is taken as spent; the holder gets back what it has not settled of it when it
/// returns, less what others have been granted since.</para>
/// <para>A record names the windows of its holder, so that a process of other limits charges and writes off under these too.</para>
/// </remarks>
internal static class BudgetScript
{
    /// <summary>
    /// Arguments: holder (empty to look only), number of the report, settled, settled as acknowledged, in flight, whether to give
    /// back what is not in flight, block, lifetime, number of limits, then dollars and window of each, then what is asked for.
    /// Returns the grant, and for each limit what is settled and what is granted to all.
    /// </summary>
    public static string Text { get; } = RedisConnection.Script("""
        local key, holder, report = KEYS[1], ARGV[2], tonumber(ARGV[3])
        local settled, acknowledged, inflight, release = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[7] == '1'
        local block, lifetime, count = tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[10])
        local limits, windows, longest = {}, {}, 0
        local function know(window)
            windows[text(window)] = window
            longest = math.max(longest, window)
        end
        for i = 1, count do
            limits[i] = { dollars = tonumber(ARGV[9 + 2 * i]), window = tonumber(ARGV[10 + 2 * i]) }
            know(limits[i].window)
        end

        local slots, totals, holders, changed, moved = {}, {}, {}, {}, {}
        local function slotAt(window, at) return math.floor(at * 60 / window) end
        local function add(window, slot, amount)
            local field = 'w:' .. window .. ':' .. text(slot)
            local before = slots[field] or 0
            slots[field] = math.max(0, before + amount)
            totals[window] = (totals[window] or 0) + slots[field] - before
            return field
        end
        local all = redis.call('HGETALL', key)
        for i = 1, #all, 2 do
            local field, value = all[i], all[i + 1]
            local window, slot = string.match(field, '^w:(%d+):(%d+)$')
            if window then
                local newest = slotAt(tonumber(window), now)
                if tonumber(slot) < newest - 60 then
                    if holder ~= '' then redis.call('HDEL', key, field) end
                elseif tonumber(slot) > newest then
                    -- Of a clock that was ahead, before a failover: counts as of now.
                    moved[#moved + 1] = field
                    changed[add(window, newest, tonumber(value))] = true
                else
                    add(window, tonumber(slot), tonumber(value))
                end
            else
                local h = {}
                for number in string.gmatch(value, '%S+') do h[#h + 1] = tonumber(number) end
                holders[field] = { settled = h[1], granted = h[2], ends = h[3], report = h[4], lost = h[5], known = h[6], windows = {} }
                for n = 7, #h do
                    holders[field].windows[n - 6] = h[n]
                    know(h[n])
                end
            end
        end

        -- Once for each window, however many limits have it.
        local function charge(at, amount)
            for name, window in pairs(windows) do
                local slot, newest = slotAt(window, math.min(at, now)), slotAt(window, now)
                if slot >= newest - 60 then changed[add(name, slot, amount)] = true end
            end
        end

        local others = 0
        for field, h in pairs(holders) do
            if h.ends <= now and h.granted > 0 then
                charge(h.ends, h.granted)
                h.lost, h.granted = h.granted, 0
                changed[field] = true
            end
            if field ~= 'h:' .. holder then
                others = others + h.granted
                -- Its next report would say all that this record does.
                local isIdle = h.known == 1 and h.lost == 0 and h.ends <= now
                if h.granted == 0 and (isIdle or now - h.ends > longest * 2) then
                    if holder ~= '' then redis.call('HDEL', key, field) end
                    changed[field] = nil
                end
            end
        end

        local function spent(limit) return totals[text(limit.window)] or 0 end
        local function answer(grant)
            local result = { text(grant) }
            for i, limit in ipairs(limits) do
                result[2 * i] = text(spent(limit))
                result[2 * i + 1] = text(others + grant)
            end
            return result
        end
        if holder == '' then return answer(0) end

        local mine = holders['h:' .. holder] or { settled = acknowledged, granted = 0, ends = 0, report = 0, lost = 0 }
        if report <= mine.report then return answer(mine.granted) end
        local returns = mine.lost > 0
        if returns then
            local covered = math.min(mine.lost, math.max(0, settled - mine.settled))
            charge(mine.ends, covered - mine.lost)
            mine.settled, mine.granted, mine.lost = mine.settled + covered, mine.lost - covered, 0
        end
        if settled > mine.settled then
            charge(now, settled - mine.settled)
            mine.granted = math.max(0, mine.granted - (settled - mine.settled))
            mine.settled = settled
        end
        if release then mine.granted = inflight else mine.granted = math.max(mine.granted, inflight) end

        local available
        for _, limit in ipairs(limits) do
            local left = limit.dollars - spent(limit) - others - mine.granted
            available = math.min(available or left, left)
        end
        if returns and available < 0 then
            -- What was written off has left a window since, and others were granted it.
            local kept = math.max(inflight, mine.granted + available)
            available = available + mine.granted - kept
            mine.granted = kept
        end
        local pool, taken = mine.granted - inflight + math.max(0, available), 0
        for i = 11 + 2 * count, #ARGV do
            local asked = tonumber(ARGV[i])
            if asked <= pool then
                pool = pool - asked
                taken = taken + asked
            end
        end
        if not release then
            mine.granted = math.max(mine.granted, inflight + taken + math.min(block, math.floor(pool / 16)))
        end

        -- All in one command: a server that logs commands one by one must not keep a part of them.
        local function record(h)
            local parts = { text(h.settled), text(h.granted), text(h.ends), text(h.report), text(h.lost), text(h.known or 0) }
            for _, window in ipairs(h.windows) do parts[#parts + 1] = text(window) end
            return table.concat(parts, ' ')
        end
        mine.ends, mine.report, mine.known, mine.windows = now + lifetime, report, acknowledged == settled and 1 or 0, {}
        for i, limit in ipairs(limits) do mine.windows[i] = limit.window end
        local write = { 'h:' .. holder, record(mine) }
        changed['h:' .. holder] = nil
        for field in pairs(changed) do
            write[#write + 1] = field
            write[#write + 1] = holders[field] and record(holders[field]) or text(slots[field])
        end
        redis.call('HSET', key, (table.unpack or unpack)(write))
        for _, field in ipairs(moved) do redis.call('HDEL', key, field) end

        -- Never sooner than another process, of longer windows or a longer lifetime, has said.
        redis.call('PEXPIRE', key, text(math.max(3 * longest + lifetime, redis.call('PTTL', key))))
        return answer(mine.granted)
        """);
}
