namespace AutoMix;

/// <summary>The script that keeps one budget.</summary>
/// <remarks>
/// <para>Money is counted in whole nano-dollars, which Lua's numbers hold exactly up to 9 million dollars. One hash has a field for
/// each sixtieth of a window, with what was settled in it, and one for each holder of a grant.</para>
/// <para>A holder reports what it has settled in its whole life, so that a report that is sent again, or that a failover lost, is
/// counted once. Its reports are numbered, so that an old one that arrives late is passed over. A grant whose holder has not been
/// heard of in its lifetime is written off, that is taken as spent; the holder gets back what it has not settled of it when it
/// returns.</para>
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
        local limits, longest = {}, 0
        for i = 1, count do
            limits[i] = { dollars = tonumber(ARGV[9 + 2 * i]), window = tonumber(ARGV[10 + 2 * i]) }
            longest = math.max(longest, limits[i].window)
        end

        local slots, holders, changed = {}, {}, {}
        local all = redis.call('HGETALL', key)
        for i = 1, #all, 2 do
            local field, value = all[i], all[i + 1]
            local window, slot = string.match(field, '^w:(%d+):(%d+)$')
            if window then
                if tonumber(slot) < math.floor(now * 60 / tonumber(window)) - 60 then
                    if holder ~= '' then redis.call('HDEL', key, field) end
                else
                    slots[field] = tonumber(value)
                end
            else
                local h = {}
                for number in string.gmatch(value, '%S+') do h[#h + 1] = tonumber(number) end
                holders[field] = { settled = h[1], granted = h[2], ends = h[3], report = h[4], lost = h[5] }
            end
        end

        local function slotAt(window, at) return 'w:' .. text(window) .. ':' .. text(math.floor(at * 60 / window)) end
        local function charge(at, amount)
            for _, limit in ipairs(limits) do
                local field = slotAt(limit.window, at)
                if math.floor(at * 60 / limit.window) >= math.floor(now * 60 / limit.window) - 60 then
                    slots[field] = math.max(0, (slots[field] or 0) + amount)
                    changed[field] = true
                end
            end
        end

        local others = 0
        for field, h in pairs(holders) do
            if h.ends <= now and h.granted > 0 then
                charge(h.ends, h.granted)
                h.lost, h.granted = h.granted, 0
                changed[field] = true
            end
            if field ~= 'h:' .. holder then others = others + h.granted end
            if h.granted == 0 and now - h.ends > longest * 2 then
                if holder ~= '' then redis.call('HDEL', key, field) end
                changed[field] = nil
            end
        end

        local function spent(limit)
            local total = 0
            local newest = math.floor(now * 60 / limit.window)
            for slot = newest - 60, newest do total = total + (slots['w:' .. text(limit.window) .. ':' .. text(slot)] or 0) end
            return total
        end
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
        if mine.lost > 0 then
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
        local function record(h, ends, number, lost) return table.concat({ text(h.settled), text(h.granted), text(ends), text(number), text(lost) }, ' ') end
        local write = { 'h:' .. holder, record(mine, now + lifetime, report, 0) }
        changed['h:' .. holder] = nil
        for field in pairs(changed) do
            local h = holders[field]
            write[#write + 1] = field
            write[#write + 1] = h and record(h, h.ends, h.report, h.lost) or text(slots[field])
        end
        redis.call('HSET', key, (table.unpack or unpack)(write))
        redis.call('PEXPIRE', key, text(3 * longest + lifetime))
        return answer(mine.granted)
        """);
}
